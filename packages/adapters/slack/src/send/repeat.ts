import type { AdapterContext, Outgoing } from "@devflow/gateway/contract";
import { isGatewayError } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { record, records, text } from "../wire/index.ts";
import { openRoom } from "./room.ts";

const eventType = "devflow_message";
/** The outbox tries for a day. */
const reachSeconds = 86_400;
/** The most that Slack gives at once: a thread is told from its beginning, and what we look for is at its end. */
const pageLimit = 999;

/** The arguments with our key in the message's metadata, where a later attempt can find it. */
export function marked(args: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  return { metadata: { event_type: eventType, event_payload: { key } }, ...args };
}

/**
 * Id of the message that an earlier attempt made although its answer was lost. Where we may not look, or not now, nobody
 * knows: undefined, and the message is posted again rather than never.
 */
export async function findMarked(
  { to, key, body }: Outgoing,
  clients: Clients,
  context: AdapterContext,
): Promise<string | undefined> {
  // Where it was put: an answer to a message begins a thread that its address does not name.
  const thread = text(record(body["args"])["thread_ts"]);
  const oldest = String(Math.floor(context.clock.now() / 1000) - reachSeconds);
  try {
    const channel = await openRoom(to, clients, context);
    const query = { channel, oldest, limit: pageLimit, include_all_metadata: true };
    const answer = thread
      ? await clients.call(to.account, "conversations.replies", { ...query, ts: thread }, context)
      : await clients.call(to.account, "conversations.history", query, context);
    const found = records(answer["messages"]).find((message) => {
      const metadata = record(message["metadata"]);
      return metadata["event_type"] === eventType && record(metadata["event_payload"])["key"] === key;
    });
    return text(found?.["ts"]);
  } catch (error) {
    if (isGatewayError(error) && (error.code === "network.failed" || error.code === "platform.failed")) throw error;
    return undefined;
  }
}
