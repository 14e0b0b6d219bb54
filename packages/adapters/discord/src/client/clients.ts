import type { AdapterContext, Identity, Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import type { Client, RawFile } from "discord.js";
import { asGatewayError } from "../errors.ts";
import { apiVersion, botIdOf, defaultApiUrl, platform, type Settings } from "../options.ts";
import { id, object, text, type DiscordCall } from "../wire/index.ts";

/** Longest wait for an answer; ten files of 10 MiB must fit in it. */
const requestTimeoutMs = 120_000;
/** Discord bans an address for a while after 10,000 refused requests in ten minutes. Nothing is sent beyond this many. */
const refusedLimit = 9_000;
const refusedStep = 500;

/** The applications that this adapter speaks as. One by default; a vault may hold tokens for others. */
export interface Clients {
  /** The application of the options, the environment, the client or the token, in that order. */
  account(context: AdapterContext): Promise<string>;
  /** The bot's token, if there is one. */
  token(account: string | undefined, context: AdapterContext): Promise<Secret | undefined>;
  client(account: string, context: AdapterContext): Promise<Client>;
  identify(account: string, context: AdapterContext): Promise<Identity>;
  /** Makes one request. Rejects with this project's error; the refusal is its cause. */
  call(account: string, call: DiscordCall, doing: string, context: AdapterContext, files?: readonly RawFile[]): Promise<unknown>;
  /** Base address of the API, without a version or a slash at its end. */
  apiUrl(context: AdapterContext): string;
}

/** Makes {@link Clients}. The SDK is loaded with the first request. */
export function createClients(settings: Settings): Clients {
  const made = new Map<string, Client>();
  let blockedUntil = 0;

  const token = async (account: string | undefined, context: AdapterContext): Promise<Secret | undefined> => {
    const found = settings.token ?? (await context.secret("BOT_TOKEN", account));
    const own = settings.client?.token;
    if (found === undefined || found.expose() === "") return own ? secret(own) : undefined;
    if (botIdOf(found.expose()) === undefined)
      throw missing(account, "The bot token is malformed. Copy it from the developer portal again.");
    return secret(found);
  };

  const needed = async (account: string | undefined, context: AdapterContext): Promise<Secret> => {
    const found = await token(account, context);
    if (found !== undefined) return found;
    throw missing(
      account,
      "There is no bot token. Set DISCORD_BOT_TOKEN, or pass discord({ token }); the developer portal has it on the page Bot.",
    );
  };

  const apiUrl = (context: AdapterContext): string =>
    (settings.apiUrl ?? context.setting("API_URL") ?? defaultApiUrl).replace(/\/+$/, "");

  const client = async (account: string, context: AdapterContext): Promise<Client> => {
    if (settings.client) return settings.client;
    await needed(account, context);
    const known = made.get(account);
    if (known) return known;
    const { Client: Made } = await import("discord.js");
    const fresh = new Made({
      intents: [],
      rest: {
        api: apiUrl(context),
        version: apiVersion,
        retries: 0,
        rejectOnRateLimit: () => true,
        offset: 0,
        timeout: requestTimeoutMs,
        invalidRequestWarningInterval: refusedStep,
        // The SDK's own type of `fetch` is that of undici; what it takes and gives is the same.
        makeRequest: context.fetch as never,
      },
    });
    fresh.rest.on("invalidRequestWarning", ({ count, remainingTime }) => {
      if (count >= refusedLimit) blockedUntil = context.clock.now() + remainingTime;
    });
    made.set(account, fresh);
    return fresh;
  };

  const call: Clients["call"] = async (account, { method, path, body, query, auth }, doing, context, files) => {
    const waitMs = blockedUntil - context.clock.now();
    if (waitMs > 0) throw tooManyRefused(account, doing, waitMs);
    const { rest } = await authorized(account, context, auth !== false);
    // The SDK never stops listening to a signal, and that of a line lives for weeks.
    const over = new AbortController();
    const stop = (): void => over.abort();
    if (context.signal.aborted) stop();
    context.signal.addEventListener("abort", stop, { once: true });
    try {
      return await rest.request({
        method: method as never,
        fullRoute: path as `/${string}`,
        signal: over.signal,
        ...(body === undefined ? {} : { body }),
        ...(query === undefined ? {} : { query: new URLSearchParams(query) }),
        ...(files === undefined || files.length === 0 ? {} : { files: [...files] }),
        ...(auth === false ? { auth: false } : {}),
      });
    } catch (error) {
      throw asGatewayError(error, { account, doing });
    } finally {
      context.signal.removeEventListener("abort", stop);
    }
  };

  /** The client with its token: the SDK forgets it when Discord refuses it once. */
  const authorized = async (account: string, context: AdapterContext, auth: boolean): Promise<Client> => {
    const ready = await client(account, context);
    const found = auth ? await needed(account, context) : undefined;
    if (found !== undefined) ready.rest.setToken(found.expose());
    return ready;
  };

  return {
    token,
    client,
    call,
    apiUrl,
    async account(context) {
      const set = settings.applicationId ?? settings.client?.application?.id ?? context.setting("APPLICATION_ID");
      if (set !== undefined) return set;
      return botIdOf((await needed(undefined, context)).expose()) ?? "";
    },
    async identify(account, context) {
      const me = object(await call(account, { method: "GET", path: "/users/@me" }, "asking who we are", context));
      const user = id(me["id"]);
      if (user === undefined) throw missing(account, "Discord did not say who the bot is.");
      const handle = text(me["username"]);
      const name = text(me["global_name"]) ?? handle;
      const known = { id: user, kind: "bot", self: true, ...(name && { name }), ...(handle && { handle }) } as const;
      return { user: known, ...(name && { title: name }) };
    },
  };
}

function tooManyRefused(account: string, doing: string, retryAfterMs: number): GatewayError {
  const said = `discord: application ${account}, ${doing}: Discord has refused so many requests that it would ban this address. Look for what it refuses; sending goes on in ${Math.ceil(retryAfterMs / 1000)} s.`;
  return new GatewayError("rate.limited", said, { platform, account, retryable: true, retryAfterMs });
}

function missing(account: string | undefined, what: string): GatewayError {
  const who = account === undefined ? "discord" : `discord: application ${account}`;
  return new GatewayError("secret.missing", `${who}: ${what}`, account === undefined ? { platform } : { platform, account });
}
