import type { AdapterContext, Delivery, Site } from "@devflow/gateway/contract";
import { equalInConstantTime, isGatewayError, parseObject, type JsonObject } from "@devflow/gateway/kit";
import {
  forgetPlain,
  isDirect,
  readRoom,
  roomKey,
  titleOf,
  withState,
  type Crew,
  type Invitations,
  type RoomFacts,
} from "./client/index.ts";
import { platform } from "./options.ts";
import { receiptsIn, reception } from "./normalize/index.ts";
import { object, objects, string } from "./wire/index.ts";

/** A transaction has up to 100 events of 64 KiB. */
const bodyLimit = 16 * 1024 * 1024;

/**
 * The Application Service API, below `/_matrix/app`: the homeserver pushes events, and proves itself with the `hs_token`. One
 * bad event must not fail a transaction, or it would be sent again for ever and everything behind it would wait.
 */
export function site(crew: Crew, invitations: Invitations): Site {
  return {
    path: "/_matrix/app",
    async fetch(request, sink, context) {
      const { pathname } = new URL(request.url);
      const route = routes.find(({ path }) => path.test(pathname));
      if (!route) return refuse(404, "M_UNRECOGNIZED", "There is no such request.");
      if (request.method !== route.method) return refuse(405, "M_UNRECOGNIZED", "There is no such method.");
      const proof = await prove(request, crew, context);
      if (proof) return proof;
      if (route.kind === "ping") return Response.json({});
      if (route.kind === "query") return refuse(404, "M_NOT_FOUND", "There is nobody here of that name.");
      const transaction = await read(request);
      if (transaction instanceof Response) return transaction;
      const account = await crew.account(context);
      const deliveries: Delivery[] = [];
      for (const event of objects(transaction.events)) deliveries.push(...(await take(event, account, invitations, context)));
      for (const event of objects(transaction.ephemeral)) deliveries.push(...(await receipts(event, account, context)));
      if (deliveries.length > 0) await sink({ deliveries });
      // Joining may take longer than this request, whose signal must not end it; what fails is tried with the next transaction.
      void invitations.accept(account, { ...context, signal: new AbortController().signal });
      return Response.json({});
    },
  };
}

const routes = [
  { method: "PUT", path: /^\/_matrix\/app\/v1\/transactions\/[^/]+$/, kind: "transaction" },
  { method: "POST", path: /^\/_matrix\/app\/v1\/ping$/, kind: "ping" },
  { method: "GET", path: /^\/_matrix\/app\/v1\/(?:users|rooms)\/[^/]+$/, kind: "query" },
] as const;

/** Undefined for the homeserver; else what to answer. A token in the query, as old homeservers send it, must be right as well. */
async function prove(request: Request, crew: Crew, context: AdapterContext): Promise<Response | undefined> {
  const tokens = await crew.hsTokens(context);
  const header = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const query = new URL(request.url).searchParams.get("access_token") ?? undefined;
  const given = [header, query].filter((one) => one !== undefined && one !== "");
  if (given.length === 0) return refuse(401, "M_MISSING_TOKEN", "The hs_token is missing.");
  const right = given.every((one) => tokens.filter((token) => equalInConstantTime(token, one ?? "")).length > 0);
  return right ? undefined : refuse(403, "M_FORBIDDEN", "This is not our hs_token.");
}

async function read(request: Request): Promise<JsonObject | Response> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > bodyLimit) return refuse(413, "M_TOO_LARGE", "The transaction is too large.");
    chunks.push(chunk);
  }
  try {
    return parseObject(Buffer.concat(chunks).toString(), platform);
  } catch (error) {
    return refuse(400, "M_NOT_JSON", isGatewayError(error) ? error.message : "The transaction is not JSON.");
  }
}

async function take(
  event: JsonObject,
  account: string,
  invitations: Invitations,
  context: AdapterContext,
): Promise<readonly Delivery[]> {
  const room = string(event.room_id);
  if (room === undefined || room === "") return [];
  const facts = await learn(event, room, account, invitations, context);
  return [await reception({ account, room, event, direct: isDirect(facts), title: titleOf(facts) }, context)];
}

/** What an event tells about its room. */
async function learn(
  event: JsonObject,
  room: string,
  account: string,
  invitations: Invitations,
  context: AdapterContext,
): Promise<RoomFacts> {
  const before = await readRoom(account, room, context);
  const content = object(event.content);
  let facts = withState(before, event);
  if (event.type === "m.room.encryption") await forgetPlain(account, room, context);
  if (event.type === "m.room.member" && event.state_key === account && content.membership === "invite") {
    const { direct: _, ...rest } = facts;
    facts = { ...rest, ...(content.is_direct === true ? { direct: true } : {}) };
    await invitations.note(account, { room, from: string(event.sender) ?? "" }, context);
  }
  if (JSON.stringify(facts) !== JSON.stringify(before)) await context.memory.set(roomKey(account, room), facts);
  return facts;
}

async function receipts(event: JsonObject, account: string, context: AdapterContext): Promise<readonly Delivery[]> {
  const room = string(event.room_id);
  if (event.type !== "m.receipt" || room === undefined || room === "") return [];
  const facts = await readRoom(account, room, context);
  const found = await receiptsIn(account, object(event.content), context);
  return await Promise.all(
    found.map((one) => reception({ account, room, event: one, direct: isDirect(facts), title: titleOf(facts) }, context)),
  );
}

function refuse(status: number, errcode: string, error: string): Response {
  return Response.json({ errcode, error }, { status });
}
