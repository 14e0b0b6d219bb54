import { hash } from "node:crypto";
import type { AdapterContext } from "@devflow/gateway/contract";
import type { Crew } from "../client/index.ts";
import { readError } from "../errors.ts";

const refusal = "I cannot read messages in encrypted rooms. Please write to me in a room without encryption.";

/**
 * Says once in each encrypted room that we cannot read it: whoever writes there would wait for ever. It is the one thing that is
 * said there in plain text.
 */
export async function refuseEncrypted(
  crew: Crew,
  account: string,
  rooms: readonly string[],
  context: AdapterContext,
): Promise<void> {
  for (const room of rooms) {
    const name = hash("sha256", JSON.stringify([account, room]), "base64url");
    if (await context.memory.get<boolean>(`refused/${name}`)) continue;
    context.log.warn({ platform: "matrix", account, room }, "A room is encrypted; messages there cannot be read");
    const path = `/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/refused-${name}`;
    const body = { msgtype: "m.notice", body: refusal, "m.mentions": {} };
    try {
      await crew.call(account, { method: "PUT", path, what: "send", body }, context);
    } catch (error) {
      const failed = readError(error, { account, what: "send" });
      context.log.warn({ platform: "matrix", account, room, code: failed.code }, "The encrypted room could not be told");
      if (failed.retryable) continue;
    }
    await context.memory.set(`refused/${name}`, true);
  }
}

/** Marks what was taken as read. Nothing waits for it: the messages are durable. */
export function sendReceipts(crew: Crew, account: string, last: ReadonlyMap<string, string>, context: AdapterContext): void {
  for (const [room, event] of last) {
    const path = `/client/v3/rooms/${encodeURIComponent(room)}/receipt/m.read/${encodeURIComponent(event)}`;
    crew.call(account, { method: "POST", path, what: "receipt", body: {} }, context).catch((error: unknown) => {
      const { code } = readError(error, { account, what: "receipt" });
      context.log.debug({ platform: "matrix", account, code }, "A message could not be marked as read");
    });
  }
}
