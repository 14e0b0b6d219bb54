import type { AdapterContext, Identity, Secret } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError, secret } from "@devflow/gateway/kit";
import type { Api, InputFile, InputFileMeta } from "node-telegram-bot-api";
import { readError, type Failed } from "./errors.ts";
import { botIdOf, defaultApiUrl, platform, type Settings } from "./options.ts";
import type { TelegramCall } from "./wire/index.ts";

/** Longest wait for an answer; uploads of 50 MB must fit in it. Long polling has its own, longer than the poll. */
const requestTimeoutMs = 120_000;

/** The bots that this adapter speaks as. One by default; a vault may hold tokens for others. */
export interface Bots {
  /** The bot of the options, or of `TELEGRAM_BOT_TOKEN`. */
  account(context: AdapterContext): Promise<string>;
  client(account: string, context: AdapterContext): Promise<Api>;
  identify(account: string, context: AdapterContext): Promise<Identity>;
  /** The bot's token, for addresses of files. */
  token(account: string, context: AdapterContext): Promise<Secret>;
  /** Base address of the Bot API, without a slash at its end. */
  apiUrl(context: AdapterContext): string;
  /** Bytes in the form that the client uploads. */
  file(bytes: Uint8Array, meta: InputFileMeta): Promise<InputFile>;
  /** Makes a request as the bot. Rejects with what the SDK throws: callers read it with {@link readError}. */
  request(account: string, call: TelegramCall, context: AdapterContext, signal?: AbortSignal): Promise<unknown>;
  /** {@link request}, with its failure turned into this project's error. */
  call(account: string, call: TelegramCall, context: AdapterContext, signal?: AbortSignal): Promise<unknown>;
}

/** Makes {@link Bots}. The SDK is loaded with the first request. */
export function bots(settings: Settings): Bots {
  const made = new Map<string, { readonly token: string; readonly api: Api }>();
  let handedIn: Promise<string> | undefined;

  async function find(account: string | undefined, context: AdapterContext): Promise<Secret> {
    const found = settings.token ?? (await context.secret("BOT_TOKEN", account));
    if (!found) {
      throw missing(
        account,
        "There is no bot token. Set TELEGRAM_BOT_TOKEN, or pass telegram({ token }); BotFather makes one with /newbot.",
      );
    }
    const bot = botIdOf(found.expose());
    if (bot === undefined)
      throw missing(account, "The bot token is malformed. Copy `<bot id>:<35 characters>` from BotFather again.");
    if (account !== undefined && bot !== account) {
      throw missing(
        account,
        `The token at hand is that of bot ${bot}. Address that bot, or put this one's token into the vault.`,
      );
    }
    return secret(found);
  }

  function apiUrl(context: AdapterContext): string {
    return (settings.apiUrl ?? context.setting("API_URL") ?? defaultApiUrl).replace(/\/+$/, "");
  }

  async function client(account: string, context: AdapterContext): Promise<Api> {
    if (settings.client) {
      const own = await ownAccount(context);
      if (own !== account) throw missing(account, `The client at hand is that of bot ${own}. Address that bot.`);
      return settings.client;
    }
    const token = (await find(account, context)).expose();
    const known = made.get(account);
    if (known?.token === token) return known.api;
    const { Api } = await import("node-telegram-bot-api");
    const api = new Api(token, { apiRoot: apiUrl(context), fetch: context.fetch, timeoutMs: requestTimeoutMs, maxRetries: 0 });
    made.set(account, { token, api });
    return api;
  }

  async function file(bytes: Uint8Array, meta: InputFileMeta): Promise<InputFile> {
    const { Api, InputFile } = await import("node-telegram-bot-api");
    if (settings.client && !(settings.client instanceof Api)) {
      throw new GatewayError(
        "options.invalid",
        "telegram: `client` comes from another copy of node-telegram-bot-api and cannot upload our files. Install one copy.",
        { platform },
      );
    }
    return new InputFile(bytes, meta);
  }

  async function request(
    account: string,
    wanted: TelegramCall,
    context: AdapterContext,
    signal = context.signal,
  ): Promise<unknown> {
    const api = await client(account, context);
    return invoke(api, wanted, signal);
  }

  async function call(account: string, wanted: TelegramCall, context: AdapterContext, signal?: AbortSignal): Promise<unknown> {
    try {
      return await request(account, wanted, context, signal);
    } catch (error) {
      throw asGatewayError(error, { account, method: wanted.method });
    }
  }

  async function identify(account: string, context: AdapterContext): Promise<Identity> {
    const api = await client(account, context);
    const me = await api.getMe(context.signal).catch((error: unknown) => {
      throw asGatewayError(error, { account, method: "getMe" });
    });
    if (String(me.id) !== account) {
      throw new GatewayError("auth.failed", `telegram: the client is that of bot ${me.id}, and bot ${account} was asked for.`, {
        platform,
        account,
      });
    }
    const user = { id: account, kind: "bot", self: true, name: me.first_name } as const;
    return { user: me.username === undefined ? user : { ...user, handle: me.username }, title: me.first_name };
  }

  async function ownAccount(context: AdapterContext): Promise<string> {
    if (!settings.client || settings.token) return (await find(undefined, context)).expose().split(":", 1)[0] ?? "";
    const asked = (handedIn ??= settings.client.getMe().then((me) => String(me.id)));
    return asked.catch((error: unknown) => {
      // The next caller asks again: one failure must not be remembered for good.
      handedIn = undefined;
      throw asGatewayError(error, { account: "of the client", method: "getMe" });
    });
  }

  return { account: ownAccount, client, identify, token: find, apiUrl, file, request, call };
}

/** Errors of this project as they are, anything else read as a failed call. */
export function asGatewayError(error: unknown, failed: Failed): GatewayError {
  return isGatewayError(error) ? error : readError(error, failed);
}

/** Methods that take no parameters, not even an empty object. */
const bare: ReadonlySet<string> = new Set(["getWebhookInfo"]);

/** The SDK has a method for each of the API's, with the same parameters. */
function invoke(api: Api, { method, params }: TelegramCall, signal: AbortSignal): Promise<unknown> {
  const methods = api as unknown as Record<string, ((...args: readonly unknown[]) => Promise<unknown>) | undefined>;
  const run = methods[method];
  if (typeof run !== "function") {
    throw new GatewayError(
      "operation.unsupported",
      `telegram: the SDK has no method \`${method}\`. Update node-telegram-bot-api.`,
      { platform },
    );
  }
  return bare.has(method) ? run.call(api, signal) : run.call(api, params, signal);
}

function missing(account: string | undefined, what: string): GatewayError {
  const who = account === undefined ? "telegram" : `telegram: bot ${account}`;
  return new GatewayError("secret.missing", `${who}: ${what}`, account === undefined ? { platform } : { platform, account });
}
