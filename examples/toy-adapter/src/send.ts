import type { Outgoing, Sender } from "@devflow/gateway/contract";
import { isObject } from "@devflow/gateway/kit";
import { toyClient, type ToyClient } from "./client.ts";
import type { ToyOptions } from "./options.ts";

/** Hands one operation to Toy. */
export function sender(options: ToyOptions): Sender {
  return {
    async send(outgoing, context) {
      const client = await toyClient(options, outgoing.to.account, context);
      const answer: unknown = await (await perform(client, outgoing)).json().catch(() => undefined);
      const made = isObject(answer) && typeof answer["id"] === "string" ? answer["id"] : outgoing.messageId;
      return { at: context.clock.now(), ...(made !== undefined && { messageId: made }) };
    },
  };
}

function perform(client: ToyClient, { kind, to, body, messageId = "", key }: Outgoing): Promise<Response> {
  const note = `/notes/${encodeURIComponent(messageId)}`;
  const cheer = `${note}/cheers/${encodeURIComponent(String(body["cheer"]))}`;
  switch (kind) {
    case "message.edit":
      return client.call("PATCH", note, body);
    case "message.delete":
      return client.call("DELETE", note);
    case "reaction.add":
      return client.call("PUT", cheer);
    case "reaction.remove":
      return client.call("DELETE", cheer);
    default:
      // Toy makes one note per `once`, however often it is asked.
      return client.call("POST", `/rooms/${encodeURIComponent(to.room)}/notes`, { ...body, once: key });
  }
}
