import type { Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import type { Api } from "node-telegram-bot-api";

/** Options of `telegram()`. All of them may be left out: the environment answers for what is missing. */
export interface TelegramOptions {
  /** Token from BotFather, `<bot id>:<35 characters>`. Unset: `TELEGRAM_BOT_TOKEN`. */
  readonly token?: string | Secret;
  /**
   * The `secret_token` of the webhook, 1 to 256 of `A-Z a-z 0-9 _ -`; several while one is being replaced, newest first.
   * Unset: `TELEGRAM_WEBHOOK_SECRET`, several separated by commas. Without one, every webhook request is refused.
   */
  readonly webhookSecret?: string | Secret | readonly (string | Secret)[];
  /** Base address of a Bot API server. Unset: `TELEGRAM_API_URL`, then `https://api.telegram.org`. */
  readonly apiUrl?: string;
  /**
   * The client of a bot you already have. Make it with `maxRetries: 0`, since the outbox retries. Downloading files needs
   * `token` as well, because their addresses contain it.
   */
  readonly client?: Api;
  /** Fetch updates by long polling. Unset: when there is no webhook secret. */
  readonly polling?: boolean;
  /** Kinds of update to subscribe to, by long polling and by setup. Unset: everything that this adapter turns into events. */
  readonly allowedUpdates?: readonly string[];
}

/** Options that were checked, with every secret wrapped. */
export interface Settings extends Omit<TelegramOptions, "token" | "webhookSecret"> {
  readonly token?: Secret;
  readonly webhookSecrets?: readonly Secret[];
}

/** The platform's name. */
export const platform = "telegram";

/** Address of the Bot API unless a local server is named. */
export const defaultApiUrl = "https://api.telegram.org";

const tokenForm = /^\d+:[A-Za-z0-9_-]{20,}$/;
const webhookSecretForm = /^[A-Za-z0-9_-]{1,256}$/;

/** Checks options at once, so that a slip is seen at start and not with the first message. Throws `options.invalid`. */
export function readOptions(options: TelegramOptions): Settings {
  const { token, webhookSecret, ...rest } = options;
  if (typeof token === "string" && !tokenForm.test(token)) {
    throw invalid("`token` is not a bot token (`<bot id>:<35 characters>`). Copy it from BotFather again.");
  }
  const secrets = webhookSecret === undefined ? undefined : [webhookSecret].flat();
  if (secrets?.length === 0 || secrets?.some((one) => typeof one === "string" && !isWebhookSecret(one))) {
    throw invalid(
      "`webhookSecret` must be 1 to 256 characters of A-Z, a-z, 0-9, _ and -. Leave it out to use TELEGRAM_WEBHOOK_SECRET.",
    );
  }
  if (rest.apiUrl !== undefined && !URL.canParse(rest.apiUrl)) throw invalid("`apiUrl` is not a URL.");
  return {
    ...rest,
    ...(token === undefined ? {} : { token: secret(token) }),
    ...(secrets === undefined ? {} : { webhookSecrets: secrets.map(secret) }),
  };
}

/** True for what Telegram accepts as `secret_token`. */
export function isWebhookSecret(text: string): boolean {
  return webhookSecretForm.test(text);
}

/** The bot's id: the part of its token that is no secret. Undefined for a text that is no token. */
export function botIdOf(token: string): string | undefined {
  return tokenForm.test(token) ? token.slice(0, token.indexOf(":")) : undefined;
}

function invalid(what: string): GatewayError {
  return new GatewayError("options.invalid", `telegram: ${what}`, { platform });
}
