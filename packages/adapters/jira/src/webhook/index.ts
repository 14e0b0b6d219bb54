import type { WebhookTransport } from "@devflow/gateway/contract";
import { parseObject } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { deliveriesOf } from "../normalize/index.ts";
import { defaultAccount, platform, type Settings } from "../options.ts";
import { createVerifier } from "../verify/index.ts";
import { completed, isOwn, leftCategory } from "./lookup.ts";

/** Patience with what is asked for meanwhile. The host's own is 2.5 seconds, and what it gives up on Data Center does not send again. */
const patienceMs = 1_500;

/**
 * Webhooks of Cloud and Data Center. What a payload leaves out and an event needs is asked for: the key of a bare comment's
 * issue, whether our own user's comment bears our mark, of what category the status was that an issue has left. When Jira does
 * not answer, the payload is taken as it is.
 */
export function createWebhook(settings: Settings, clients: Clients): WebhookTransport {
  return {
    verifier: createVerifier(settings),
    async receive(request, context) {
      const sent = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString();
      const parsed = parseObject(sent, platform);
      const account = request.account ?? defaultAccount;
      const late = new AbortController();
      const cancel = context.clock.after(patienceMs, () => late.abort());
      const patient = { ...context, signal: AbortSignal.any([context.signal, late.signal]) };
      try {
        const payload = await completed(parsed, account, clients, patient);
        const body = payload === parsed ? sent : JSON.stringify(payload);
        const own = await isOwn(payload, account, clients, patient);
        const left = await leftCategory(payload, account, clients, patient);
        const identifier = request.header("x-atlassian-webhook-identifier");
        return { deliveries: deliveriesOf({ account, payload, body, receivedAt: request.receivedAt, identifier, own, left }) };
      } finally {
        cancel();
      }
    },
  };
}
