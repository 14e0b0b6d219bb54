import { isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import { object, objects, string } from "../wire/index.ts";
import type { Line } from "./line.ts";

const pageLimit = 100;
/** More pages than these are a room that nobody could answer; what is left out is said in the log. */
const mostPages = 100;

/**
 * Events between the last sync and the ones that this one shows, oldest first. `until` ends a gap that has no known begin. What
 * a room keeps from us, as from somebody who was banned, is left out and said in the log: all other rooms would wait for it.
 */
export async function missedEvents(
  { crew, account, since, context }: Pick<Line, "crew" | "account" | "since" | "context">,
  room: string,
  from: string,
  until: ((event: JsonObject) => boolean) | undefined,
): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  let at: string | undefined = from;
  for (let page = 0; page < mostPages; page++) {
    const path = `/client/v3/rooms/${encodeURIComponent(room)}/messages`;
    const query = { dir: "b", from: at, limit: String(pageLimit), ...(until || since === undefined ? {} : { to: since }) };
    const asked = await crew.call(account, { method: "GET", path, what: "messages", query }, context).catch(closed);
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

/** A refusal that another attempt would meet again. */
function closed(error: unknown): unknown {
  if (isGatewayError(error) && (error.code === "target.gone" || error.code === "operation.rejected")) return error;
  throw error;
}
