import type { Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import type { Client, RESTPostAPIApplicationCommandsJSONBody } from "discord.js";

/** Options of `discord()`. All of them may be left out: the environment answers for what is missing. */
export interface DiscordOptions {
  /** Token of the bot. Unset: `DISCORD_BOT_TOKEN`. */
  readonly token?: string | Secret;
  /** Id of the application. Unset: `DISCORD_APPLICATION_ID`, then what the token says, which is right for all but bots of 2016 and before. */
  readonly applicationId?: string;
  /** The application's public key in hex, which proves webhook requests; several while one is being replaced. Unset: `DISCORD_PUBLIC_KEY`, several separated by commas. Without one, every webhook request is refused. */
  readonly publicKey?: string | readonly string[];
  /** Address of an API of your own, without a version. Unset: `DISCORD_API_URL`, then `https://discord.com/api`. */
  readonly apiUrl?: string;
  /** The client of a bot you already have. Events come over its connection, which stays yours, as do its handlers. Make it with `rest: { retries: 0, rejectOnRateLimit: () => true }`, since the outbox retries. */
  readonly client?: Client;
  /** Whether to receive events over the Gateway. Unset: when there is a bot token. Only interactions and webhook events arrive without it. */
  readonly gateway?: boolean;
  /** What to receive over the Gateway, as a sum of `GatewayIntentBits`. Unset: servers, messages with their content, reactions, direct messages and what happens to them. */
  readonly intents?: number;
  /** How many lines to hold, or `"auto"` for as many as Discord recommends. Needed from 2,500 servers on. 1 unless set. */
  readonly shards?: number | "auto";
  /** How long a handler has for the first answer to an interaction, or to open a form, before Discord is told to wait. 2000 unless set. */
  readonly deferAfterMs?: number;
  /** Commands in Discord's own form, for options, autocompletion and menus. They stand in for the gateway's of the same name. */
  readonly commands?: readonly RESTPostAPIApplicationCommandsJSONBody[];
}

/** Options that were checked, with every secret wrapped. */
export interface Settings extends Omit<DiscordOptions, "token" | "publicKey" | "intents" | "shards" | "deferAfterMs"> {
  readonly token?: Secret;
  readonly publicKeys?: readonly string[];
  readonly intents: number;
  readonly shards: number | "auto";
  readonly deferAfterMs: number;
}

/** The platform's name. */
export const platform = "discord";

/** Address of the API unless another is named. */
export const defaultApiUrl = "https://discord.com/api";

/** Version of the API and the Gateway that this adapter speaks. */
export const apiVersion = "10";

/** Servers, messages, reactions to them, the same in direct messages, and the content of messages, which is privileged. */
const defaultIntents = (1 << 0) | (1 << 9) | (1 << 10) | (1 << 12) | (1 << 13) | (1 << 15);

/** Longest time before a deferral: Discord gives three seconds, and the request needs some of them. */
const deferLimitMs = 2_500;

/** Checks options at once, so that a slip is seen at start and not with the first message. Throws `options.invalid`. */
export function readOptions(options: DiscordOptions): Settings {
  const { token, publicKey, intents = defaultIntents, shards = 1, deferAfterMs = 2_000, ...rest } = options;
  if (typeof token === "string" && botIdOf(token) === undefined) {
    throw invalid("`token` is no bot token. Copy it from the page Bot of the developer portal.");
  }
  const publicKeys = publicKey === undefined ? undefined : [publicKey].flat();
  if (publicKeys?.length === 0 || publicKeys?.some((one) => !isPublicKey(one))) {
    throw invalid("`publicKey` is 64 hex digits, from the page General Information of the developer portal.");
  }
  if (rest.applicationId !== undefined && !/^\d{1,20}$/.test(rest.applicationId)) throw invalid("`applicationId` is a number.");
  if (rest.apiUrl !== undefined && !URL.canParse(rest.apiUrl)) throw invalid("`apiUrl` is not a URL.");
  if (!Number.isSafeInteger(intents) || intents < 0) throw invalid("`intents` is a sum of `GatewayIntentBits`.");
  if (shards !== "auto" && !(Number.isSafeInteger(shards) && shards >= 1))
    throw invalid('`shards` is a number from 1 on, or "auto".');
  if (!(deferAfterMs >= 0 && deferAfterMs <= deferLimitMs)) throw invalid(`\`deferAfterMs\` is 0 to ${deferLimitMs}.`);
  return {
    ...rest,
    intents,
    shards,
    deferAfterMs,
    ...(token === undefined ? {} : { token: secret(token) }),
    ...(publicKeys === undefined ? {} : { publicKeys }),
  };
}

/** True for a public key in hex. */
export function isPublicKey(key: string): boolean {
  return /^[\da-f]{64}$/i.test(key);
}

/** The bot's id: the part of its token that is no secret. Undefined for a text that is no token. */
export function botIdOf(token: string): string | undefined {
  const [, first] = /^([\w-]+)\.[\w-]+\.[\w-]+$/.exec(token) ?? [];
  const bot = first === undefined ? "" : Buffer.from(first, "base64url").toString("latin1");
  return /^\d{1,20}$/.test(bot) ? bot : undefined;
}

function invalid(what: string): GatewayError {
  return new GatewayError("options.invalid", `discord: ${what}`, { platform });
}
