import type { AdapterContext, RawRequest, Secret, Verdict, Verifier } from "@devflow/gateway/contract";
import { equalInConstantTime } from "@devflow/gateway/kit";
import { isWebhookSecret, type Settings } from "./options.ts";

const header = "x-telegram-bot-api-secret-token";

/** The webhook's secrets, newest first; none when nothing is configured. */
export async function webhookSecrets(settings: Settings, context: AdapterContext): Promise<readonly string[]> {
  if (settings.webhookSecrets) return settings.webhookSecrets.map((one) => one.expose()).filter(isWebhookSecret);
  const found: Secret | undefined = await context.secret("WEBHOOK_SECRET");
  const listed = found?.expose().split(",") ?? [];
  return listed.map((one) => one.trim()).filter(isWebhookSecret);
}

/**
 * Telegram signs nothing: it sends back the secret that `setWebhook` was given. Every known secret is compared, so the time
 * does not tell which one came near.
 */
export function verifier(settings: Settings): Verifier {
  return {
    async verify(request: RawRequest, context: AdapterContext): Promise<Verdict> {
      const secrets = await webhookSecrets(settings, context);
      if (secrets.length === 0) return { proven: false, reason: "no webhook secret is configured (TELEGRAM_WEBHOOK_SECRET)" };
      const given = request.header(header);
      if (given === undefined || given === "") return { proven: false, reason: `the header ${header} is missing` };
      const matches = secrets.filter((one) => equalInConstantTime(one, given));
      return matches.length > 0 ? { proven: true } : { proven: false, reason: `the header ${header} is not our secret` };
    },
  };
}
