import { hash } from "node:crypto";
import { isGatewayError, type GatewayError, type JsonObject } from "@devflow/gateway/kit";
import { object, objects, string } from "../wire/index.ts";
import type { Line } from "./line.ts";

const pageLimit = 100;
/** More pages than these are a room that nobody could answer; what is left out is said in the log. */
const mostPages = 100;
/** Dials that a room whose history cannot be had may cost. With the core's waits between them, that is some minutes. */
const patience = 12;
/** How long these are counted. */
const countedMs = 86_400_000;

/**
 * Events between the last sync and the ones that this one shows, oldest first. `until` ends a gap that has no known begin. What
 * a room keeps from us, as from somebody who was banned, and what the homeserver fails to give again and again, is left out and
 * said in the log: all other rooms would wait for it.
 */
export async function missedEvents(
  line: Pick<Line, "crew" | "account" | "since" | "context">,
  room: string,
  from: string,
  until: ((event: JsonObject) => boolean) | undefined,
): Promise<readonly JsonObject[]> {
  const { crew, account, since, context } = line;
  const found: JsonObject[] = [];
  let at: string | undefined = from;
  for (let page = 0; page < mostPages; page++) {
    const path = `/client/v3/rooms/${encodeURIComponent(room)}/messages`;
    const query = { dir: "b", from: at, limit: String(pageLimit), ...(until || since === undefined ? {} : { to: since }) };
    const asked = await crew
      .call(account, { method: "GET", path, what: "messages", query }, context)
      .catch((error: unknown) => hopeless(error, line, room));
    if (isGatewayError(asked)) {
      const { code } = asked;
      context.log.error({ platform: "matrix", account, room, code }, "A gap in a room cannot be read; it is not handled");
      return found.toReversed();
    }
    const answer = object(asked);
    const chunk = objects(answer.chunk);
    found.push(...chunk);
    at = string(answer.end);
    if (at === undefined || (until && chunk.some(until))) return found.toReversed();
    if (chunk.length === 0 && until === undefined) return found.toReversed();
  }
  context.log.error(
    { platform: "matrix", account, room, events: found.length },
    "A gap in a room is too long; what is older in it is not handled",
  );
  return found.toReversed();
}

/** A refusal that another attempt would meet again, or a failure that enough of them have met. Else the line is dialled anew. */
async function hopeless(
  error: unknown,
  { account, since, context }: Pick<Line, "account" | "since" | "context">,
  room: string,
): Promise<GatewayError> {
  if (!isGatewayError(error) || context.signal.aborted) throw error;
  if (error.code === "target.gone" || error.code === "operation.rejected") return error;
  if (error.code !== "platform.failed" && error.code !== "network.failed") throw error;
  const key = `gap/${hash("sha256", JSON.stringify([account, room, since]), "base64url")}`;
  const failed = ((await context.memory.get<number>(key))?.value ?? 0) + 1;
  if (failed >= patience) return error;
  await context.memory.set(key, failed, { ttlMs: countedMs });
  throw error;
}
