import type { AdapterContext, Identity, Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import type { MatrixClient } from "matrix-js-sdk";
import { readError } from "../errors.ts";
import { isUserId, platform, type Settings } from "../options.ts";
import { object, string } from "../wire/index.ts";

/** Longest wait for an answer; uploads must fit in it. A sync brings its own, longer than the poll. */
const requestTimeoutMs = 120_000;

/** One request of the Client-Server API. */
export interface MatrixCall {
  readonly method: "GET" | "PUT" | "POST";
  /** Behind `/_matrix`, each id in it encoded: `/client/v3/…`. */
  readonly path: string;
  /** The path without ids, for messages. */
  readonly what: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The user that this adapter speaks as. */
export interface Crew {
  account(context: AdapterContext): Promise<string>;
  client(account: string, context: AdapterContext): Promise<MatrixClient>;
  identify(account: string, context: AdapterContext): Promise<Identity>;
  /** Tokens that prove the homeserver to an application service, newest first. */
  hsTokens(context: AdapterContext): Promise<readonly string[]>;
  /** Makes a request. Rejects with what the SDK throws: callers read it with {@link readError}. */
  request(account: string, call: MatrixCall, context: AdapterContext, signal?: AbortSignal): Promise<unknown>;
  /** {@link request}, with its failure turned into this project's error. */
  call(account: string, call: MatrixCall, context: AdapterContext, signal?: AbortSignal): Promise<unknown>;
}

/** The SDK writes to the console unless it is given a logger. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, getChild: () => silent };

/** Makes a {@link Crew}. The SDK is loaded with the first request. */
export function crew(settings: Settings): Crew {
  const made = new Map<string, { readonly token: string; readonly client: MatrixClient }>();
  const owners = new Map<string, string>();

  async function token(account: string | undefined, context: AdapterContext): Promise<Secret> {
    const found = settings.token ?? (await context.secret("BOT_TOKEN", account));
    if (found) return secret(found);
    const who = account === undefined ? "matrix" : `matrix: ${account}`;
    const text = `${who}: There is no access token. Log the bot in and set MATRIX_BOT_TOKEN, or pass matrix({ token }).`;
    throw new GatewayError("secret.missing", text, account === undefined ? { platform } : { platform, account });
  }

  function apiUrl(context: AdapterContext): string {
    const url = settings.apiUrl ?? context.setting("API_URL");
    if (url !== undefined && URL.canParse(url)) return url.replace(/\/+$/, "");
    throw new GatewayError(
      "options.invalid",
      "matrix: no homeserver is named. Set MATRIX_API_URL, such as https://matrix.example.org.",
      { platform },
    );
  }

  async function hsTokens(context: AdapterContext): Promise<readonly string[]> {
    if (settings.hsTokens) return settings.hsTokens.map((one) => one.expose());
    const found = await context.secret("HS_TOKEN");
    return (found?.expose().split(",") ?? []).map((one) => one.trim()).filter((one) => one !== "");
  }

  async function build(account: string | undefined, context: AdapterContext): Promise<MatrixClient> {
    const accessToken = (await token(account, context)).expose();
    const key = account ?? "";
    const known = made.get(key);
    if (known?.token === accessToken) return known.client;
    const baseUrl = apiUrl(context);
    // An application service says whom it acts as.
    const acting = account !== undefined && (await hsTokens(context)).length > 0 ? { user_id: account } : undefined;
    const { MatrixClient } = await import("matrix-js-sdk");
    const fresh = new MatrixClient({
      baseUrl,
      accessToken,
      fetchFn: context.fetch,
      logger: silent,
      ...(account === undefined ? {} : { userId: account }),
      ...(acting === undefined ? {} : { queryParams: acting }),
    });
    made.set(key, { token: accessToken, client: fresh });
    return fresh;
  }

  async function client(account: string, context: AdapterContext): Promise<MatrixClient> {
    if (!settings.client) return await build(account, context);
    const own = settings.client.getUserId();
    if (own === null || own === account) return settings.client;
    throw new GatewayError(
      "secret.missing",
      `matrix: ${account}: The client at hand is that of ${own}. Address that user, or set MATRIX_BOT_TOKEN.`,
      { platform, account },
    );
  }

  async function asked(
    from: MatrixClient,
    { method, path, query, body, headers }: MatrixCall,
    context: AdapterContext,
    signal = context.signal,
  ): Promise<unknown> {
    // Not `AbortSignal.any`: what listens to one of those is kept for as long as the caller's signal lives, which may be that of a line.
    const over = new AbortController();
    const stop = (): void => over.abort();
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    const cancel = context.clock.after(requestTimeoutMs, stop);
    try {
      const { Method } = await import("matrix-js-sdk");
      const verb = { GET: Method.Get, PUT: Method.Put, POST: Method.Post }[method];
      const options = {
        prefix: "/_matrix",
        abortSignal: over.signal,
        priority: "auto" as const,
        ...(headers === undefined ? {} : { headers: { ...headers } }),
      };
      const answered = from.http.authedRequest<unknown>(verb, path, { ...query }, body, options);
      return await Promise.race([answered, aborted(over.signal)]);
    } finally {
      cancel();
      signal.removeEventListener("abort", stop);
    }
  }

  async function request(account: string, wanted: MatrixCall, context: AdapterContext, signal?: AbortSignal): Promise<unknown> {
    return await asked(await client(account, context), wanted, context, signal);
  }

  async function call(account: string, wanted: MatrixCall, context: AdapterContext, signal?: AbortSignal): Promise<unknown> {
    try {
      return await request(account, wanted, context, signal);
    } catch (error) {
      throw readError(error, { account, what: wanted.what });
    }
  }

  async function whoami(from: MatrixClient, account: string, context: AdapterContext): Promise<string> {
    const answer = await asked(from, { method: "GET", path: "/client/v3/account/whoami", what: "whoami" }, context).catch(
      (error: unknown) => {
        throw readError(error, { account, what: "whoami" });
      },
    );
    const user = string(object(answer).user_id);
    if (user !== undefined && isUserId(user)) return user;
    throw new GatewayError("platform.failed", `matrix: ${account}, whoami: the homeserver names no user.`, {
      platform,
      account,
      retryable: true,
    });
  }

  async function ownAccount(context: AdapterContext): Promise<string> {
    const named = settings.userId ?? settings.client?.getUserId() ?? context.setting("USER_ID");
    if (named !== undefined && named !== null && isUserId(named)) return named;
    const known = settings.client ? "client" : (await token(undefined, context)).expose();
    const owner = owners.get(known) ?? (await whoami(settings.client ?? (await build(undefined, context)), "the bot", context));
    owners.set(known, owner);
    return owner;
  }

  async function identify(who: string, context: AdapterContext): Promise<Identity> {
    const own = await whoami(await client(who, context), who, context);
    if (own !== who) {
      const text = `matrix: the token is that of ${own}, and ${who} was asked for. Put its token into the vault.`;
      throw new GatewayError("auth.failed", text, { platform, account: who });
    }
    const path = `/client/v3/profile/${encodeURIComponent(who)}/displayname`;
    const profile = await call(who, { method: "GET", path, what: "profile" }, context).catch(() => undefined);
    const name = string(object(profile).displayname);
    const user = { id: who, kind: "bot", self: true, handle: who.slice(1), ...(name === undefined ? {} : { name }) } as const;
    return { user, title: name ?? who };
  }

  return { account: ownAccount, client, identify, hsTokens, request, call };
}

/** A body that never ends, or a client that does not heed the signal, must not hold the caller. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new DOMException("The request was given up.", "AbortError"));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
}
