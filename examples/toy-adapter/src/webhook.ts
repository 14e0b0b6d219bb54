import type { WebhookTransport } from "@devflow/gateway/contract";
import { addressKey, GatewayError, parseObject } from "@devflow/gateway/kit";
import type { ToyOptions } from "./options.ts";
import { verifier } from "./verify.ts";
import { readPayload } from "./wire.ts";

/** Toy's webhook: one event per request, sent again for an hour until it gets its 200. */
export function webhook(options: ToyOptions): WebhookTransport {
  return {
    verifier: verifier(options),
    receive({ body: bytes, receivedAt }) {
      const body = new TextDecoder().decode(bytes);
      const payload = parseObject(body, "toy");
      const { id, type, team: account, room } = readPayload(payload, receivedAt);
      if (type === "ping") return { deliveries: [] };
      if (!id || !account || !room.id)
        throw new GatewayError("wire.malformed", "toy: an event without id, team or room.", { platform: "toy" });
      const lane = addressKey({ platform: "toy", account, room: room.id });
      const interactive = type === "pressed";
      return {
        deliveries: [{ id, account, lane, via: "event", body, payload, receivedAt, ...(interactive && { interactive }) }],
      };
    },
  };
}
