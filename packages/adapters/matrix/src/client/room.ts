import { hash } from "node:crypto";
import type { AdapterContext, Address } from "@devflow/gateway/contract";
import { GatewayError, isObject } from "@devflow/gateway/kit";
import { readError, statusOf } from "../errors.ts";
import { isUserId, platform } from "../options.ts";
import { object, objects, string } from "../wire/index.ts";
import type { Crew } from "./crew.ts";

/** An alias can be pointed elsewhere, so it is not believed for long. */
const aliasMs = 600_000;
/** A room can become encrypted at any time, and then never stops to be. */
const plainMs = 300_000;

/** The id of the room at an address, which may also be an alias (`#room:server`) or a user (`@user:server`: their direct chat). */
export async function roomOf(crew: Crew, { account, room }: Address, context: AdapterContext): Promise<string> {
  if (room.startsWith("#")) return await byAlias(crew, account, room, context);
  return room.startsWith("@") ? await withUser(crew, account, room, context) : room;
}

async function byAlias(crew: Crew, account: string, alias: string, context: AdapterContext): Promise<string> {
  const key = keyOf("alias", account, alias);
  const known = await context.memory.get<string>(key);
  if (known) return known.value;
  const path = `/client/v3/directory/room/${encodeURIComponent(alias)}`;
  const found = string(object(await crew.call(account, { method: "GET", path, what: "directory" }, context)).room_id);
  if (found === undefined) throw failure("target.gone", account, `the alias ${alias} leads nowhere. Check its spelling`);
  await context.memory.set(key, found, { ttlMs: aliasMs });
  return found;
}

/**
 * The newest direct chat in the account data that is still joined, else a new one, which is written there. A person who has left
 * it is invited again, or everything would be said to nobody; once in a while, since they may have meant it.
 */
async function withUser(crew: Crew, account: string, user: string, context: AdapterContext): Promise<string> {
  if (!isUserId(user) || user === account)
    throw failure("target.gone", account, "this is no user to write to. Use `@name:server`");
  const key = keyOf("direct", account, user);
  const known = await context.memory.get<string>(key);
  if (known) return known.value;
  const dataPath = `/client/v3/user/${encodeURIComponent(account)}/account_data/m.direct`;
  const direct = await crew
    .request(account, { method: "GET", path: dataPath, what: "account_data" }, context)
    .catch((error: unknown) => {
      if (statusOf(error) === 404) return {};
      throw readError(error, { account, what: "account_data" });
    });
  const listed = rooms(object(direct)[user]);
  const joined = rooms(
    object(await crew.call(account, { method: "GET", path: "/client/v3/joined_rooms", what: "joined_rooms" }, context))
      .joined_rooms,
  );
  let found = listed.findLast((one) => joined.includes(one));
  if (found === undefined) {
    const body = { preset: "trusted_private_chat", invite: [user], is_direct: true };
    found = string(
      object(await crew.call(account, { method: "POST", path: "/client/v3/createRoom", what: "createRoom", body }, context))
        .room_id,
    );
    if (found === undefined) throw failure("platform.failed", account, "the homeserver made a room without an id", true);
    const next = { ...(isObject(direct) ? direct : {}), [user]: [...listed, found] };
    await crew.call(account, { method: "PUT", path: dataPath, what: "account_data", body: next }, context);
  } else if (!(await isThere(crew, account, found, user, context))) {
    const path = `/client/v3/rooms/${encodeURIComponent(found)}/invite`;
    await crew.call(account, { method: "POST", path, what: "invite", body: { user_id: user } }, context);
  }
  await context.memory.set(key, found, { ttlMs: aliasMs });
  return found;
}

async function isThere(crew: Crew, account: string, room: string, user: string, context: AdapterContext): Promise<boolean> {
  const path = `/client/v3/rooms/${encodeURIComponent(room)}/state/m.room.member/${encodeURIComponent(user)}`;
  try {
    const { membership } = object(await crew.request(account, { method: "GET", path, what: "state" }, context));
    return membership === "join" || membership === "invite";
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw readError(error, { account, what: "state" });
  }
}

function rooms(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string" && one.startsWith("!")) : [];
}

/** Rejects with `operation.unsupported` when the room is encrypted: plain text there would betray those who trust the lock. */
export async function requirePlain(crew: Crew, account: string, room: string, context: AdapterContext): Promise<void> {
  const key = keyOf("plain", account, room);
  if (await context.memory.get<boolean>(key)) return;
  const path = `/client/v3/rooms/${encodeURIComponent(room)}/state/m.room.encryption/`;
  try {
    await crew.request(account, { method: "GET", path, what: "state" }, context);
  } catch (error) {
    if (statusOf(error) !== 404) throw readError(error, { account, what: "state" });
    await context.memory.set(key, true, { ttlMs: plainMs });
    return;
  }
  throw failure(
    "operation.unsupported",
    account,
    `the room ${room} is encrypted, and this adapter has no keys. Talk in a room without encryption, or put an encrypting proxy such as Pantalaimon at MATRIX_API_URL`,
  );
}

/** Forgets that a room was plain: it has just become encrypted. */
export async function forgetPlain(account: string, room: string, context: AdapterContext): Promise<void> {
  await context.memory.delete(keyOf("plain", account, room));
}

/** Events around the bot's membership in stripped state, which has its own form. */
export function strippedMember(events: unknown, account: string): ReturnType<typeof object> | undefined {
  return objects(events).find(({ type, state_key: key }) => type === "m.room.member" && key === account);
}

function keyOf(kind: string, account: string, id: string): string {
  return `${kind}/${hash("sha256", JSON.stringify([account, id]), "base64url")}`;
}

function failure(
  code: "target.gone" | "platform.failed" | "operation.unsupported",
  account: string,
  what: string,
  retryable = false,
): GatewayError {
  return new GatewayError(code, `matrix: ${account}: ${what}.`, { platform, account, retryable });
}
