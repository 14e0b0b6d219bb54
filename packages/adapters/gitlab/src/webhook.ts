import type { WebhookTransport } from "@devflow/gateway/contract";
import { parseObject } from "@devflow/gateway/kit";
import { readReception } from "./normalize/index.ts";
import { defaultAccount, platform, webhookSecrets, type Settings } from "./options.ts";
import { createVerifier } from "./verify.ts";
import { isOwnUuid } from "./wire/index.ts";

/** Hooks of projects and groups, and an instance's system hooks: one address serves them all. */
export function createWebhook(settings: Settings): WebhookTransport {
  return {
    verifier: createVerifier(settings),
    async receive(request, context) {
      const { account = defaultAccount, receivedAt } = request;
      const body = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString();
      const payload = parseObject(body, platform);
      const uuid = request.header("x-gitlab-event-uuid") ?? "";
      const secrets = (await webhookSecrets(settings, account, context)).map((one) => one.expose());
      const header = (name: string): string | undefined => request.header(name);
      return await readReception({ account, body, payload, receivedAt, header, own: isOwnUuid(uuid, secrets) }, context);
    },
  };
}
