import type { Address, Event, Sender } from "@devflow/gateway/contract";
import { addressKey } from "@devflow/gateway/kit";
import { createClient } from "./client.ts";
import { readAnswer } from "./errors.ts";
import type { Settings } from "./options.ts";
import { mediaType, webhookId } from "./wire.ts";

/** Posts to endpoints. The message's id is the `webhook-id`, which is the same on every attempt. */
export function sender(settings: Settings): Sender {
  const { platform } = settings;
  return {
    async send({ key, kind, to: { account }, body }, context) {
      const client = createClient(settings, account, context);
      const contentType = kind === "event.post" ? mediaType.cloudEvent : mediaType.json;
      const response = await client.post({ key, body: JSON.stringify(body), contentType });
      // What it says in its body is for people with a browser; left unread, it would hold the connection.
      await response.body?.cancel().catch(() => undefined);
      const now = context.clock.now();
      const refusal = readAnswer(response, { platform, account }, now);
      if (refusal) throw refusal;
      return { at: now, messageId: webhookId(key) };
    },
  };
}

/** What {@link forward} needs of a handler's context. */
export interface Forwarding {
  readonly event: Event;
  do(operation: { readonly kind: "event.post"; readonly event: Event }, to: Address): Promise<unknown>;
}

/**
 * A handler that tells an endpoint of each event: `gateway.on("issue.*", forward("audit"))`. Events of one conversation arrive in
 * their order. `platform`: the HTTP adapter that has the endpoint, where there are several.
 */
export function forward(
  endpoint: string,
  { platform = "http" }: { readonly platform?: string } = {},
): (context: Forwarding) => Promise<unknown> {
  return (context) => {
    const { event } = context;
    const room = addressKey(event.conversation.address);
    return context.do({ kind: "event.post", event }, { platform, account: endpoint, room });
  };
}
