import type { AdapterContext, Identity, Secret } from "@devflow/gateway/contract";
import {
  conditionalFetch,
  GatewayError,
  isGatewayError,
  secret,
  type ConditionalFetch,
  type JsonObject,
} from "@devflow/gateway/kit";
import type { Gitlab } from "@gitbeaker/core";
import { answerError, networkError, type FailedCall } from "../errors.ts";
import type { Pool } from "../limits.ts";
import { instanceOf, platform, webhookSecrets, type Account, type Lookup, type Settings } from "../options.ts";
import { eventUuid, id, present, record, records, text } from "../wire/index.ts";
import { exchange, parseBody } from "./exchange.ts";
import { createRequester } from "./requester.ts";

/** A call of the API. */
export interface ApiCall {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v4/`, encoded. */
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** JSON, sent as it is spelled; or a form. */
  readonly body?: object | FormData;
  /** What it counts against. `api` unless set. */
  readonly pool?: Pool;
  /** Project, for what is counted per project. */
  readonly room?: string;
  /** False for what is to be heard of, although we asked for it: runs, and hooks that are called again, which would carry our UUID. */
  readonly own?: boolean;
}

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** GitLab's SDK, one client for each account, and the calls that this adapter makes with its address and credentials. */
export interface Clients {
  client(account: string, context: AdapterContext): Promise<Gitlab>;
  /** Makes a call once. Rejects with our error. */
  call(account: string, call: ApiCall, context: AdapterContext): Promise<Answer>;
  /** As `call`, for an answer that is an object. */
  object(account: string, call: ApiCall, context: AdapterContext): Promise<JsonObject>;
  /** The items of a list, page by page, as far as they are read. */
  list(account: string, call: ApiCall, context: AdapterContext): AsyncGenerator<JsonObject, void>;
  /** The bytes of an answer. Rejects with `file.refused` beyond `maxBytes`. */
  bytes(account: string, call: ApiCall, maxBytes: number, context: AdapterContext): Promise<Uint8Array>;
  identify(account: string, context: AdapterContext): Promise<Identity>;
  /** Our user id on an account, remembered for a day. */
  ownId(account: string, context: AdapterContext): Promise<string>;
}

const selfMs = 86_400_000;
const botName = /^(?:project|group)_\d+_bot|^service_account_/;

/** Makes {@link Clients}. The SDK is loaded at the first call. */
export function createClients(settings: Settings): Clients {
  const made = new WeakMap<typeof fetch, Map<string, { readonly key: string; readonly client: Gitlab }>>();
  const caches = new WeakMap<typeof fetch, Map<string, ConditionalFetch>>();

  const client: Clients["client"] = async (account, context) => {
    const options = settings.accounts.get(account) ?? {};
    const given = typeof options.client === "function" ? await options.client(account) : options.client;
    if (given !== undefined) return given;
    const oauth = await credential(options.oauthToken, "OAUTH_TOKEN", account, context);
    const bearer = oauth !== undefined && options.token === undefined;
    const host = instanceOf(settings, account, context);
    const key = `${bearer ? "bearer" : "token"} ${host}`;
    const known = within(made, context.fetch).get(account);
    if (known?.key === key) return known.client;
    const token = async (): Promise<string> => {
      const found = await credential(
        bearer ? options.oauthToken : options.token,
        bearer ? "OAUTH_TOKEN" : "TOKEN",
        account,
        context,
      );
      if (found !== undefined && found.expose() !== "") return found.expose();
      const advice = "Set GITLAB_TOKEN or the option `token`.";
      throw new GatewayError("secret.missing", `gitlab: no token for account ${account}. ${advice}`, { platform, account });
    };
    const [core, utils] = await Promise.all([import("@gitbeaker/core"), import("@gitbeaker/requester-utils")]);
    const requesterFn = createRequester(utils, context.fetch, context, settings.timeoutMs);
    const common = { host, requesterFn, rateLimits: {}, queryTimeout: null };
    const fresh = new core.Gitlab(bearer ? { ...common, oauthToken: token } : { ...common, token });
    within(made, context.fetch).set(account, { key, client: fresh });
    return fresh;
  };

  const send = async <T>(
    account: string,
    call: ApiCall,
    context: AdapterContext,
    read: (response: Response, failed: FailedCall) => Promise<T>,
    abroad = false,
  ): Promise<T> => {
    const { method = "GET", path, query = {}, body, pool = "api", room = "", own = true } = call;
    const failed: FailedCall = { account, method, path, room, pool };
    const sdk = await client(account, context);
    const headers: Record<string, string> = { accept: "application/json", ...sdk.headers };
    for (const [name, value] of Object.entries(sdk.authHeaders)) headers[name] = secret(await value()).expose();
    if (body !== undefined && !(body instanceof FormData)) headers["content-type"] = "application/json";
    const [known] = method === "GET" || !own ? [] : await webhookSecrets(settings, account, context);
    if (known !== undefined) headers["x-gitlab-event-uuid"] = eventUuid(known.expose());
    const url = new URL(path, sdk.url);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const sent = body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) };
    try {
      const wire = { method, url, headers, timeoutMs: settings.timeoutMs, abroad, ...sent };
      return await exchange(wire, cacheOf(account, context).fetch, context, (response) => read(response, failed));
    } catch (thrown) {
      throw isGatewayError(thrown) ? thrown : networkError(failed, thrown);
    }
  };

  const cacheOf = (account: string, context: AdapterContext): ConditionalFetch => {
    const byAccount = within(caches, context.fetch);
    const known = byAccount.get(account) ?? conditionalFetch(context.fetch);
    byAccount.set(account, known);
    return known;
  };

  const call: Clients["call"] = (account, wanted, context) =>
    send(account, wanted, context, async (response, failed) => {
      const body = await response.text();
      const { status, headers } = response;
      if (!response.ok) throw answerError(failed, { status, headers, body }, context.clock.now());
      return { status, headers, body: parseBody(body, headers.get("content-type")) };
    });

  const object: Clients["object"] = async (account, wanted, context) => record((await call(account, wanted, context)).body);

  return {
    client,
    call,
    object,
    async *list(account, wanted, context) {
      let page: string | undefined = "1";
      while (page !== undefined && page !== "") {
        const query = { per_page: 100, ...wanted.query, page };
        const answer: Answer = await call(account, { ...wanted, query }, context);
        yield* records(answer.body);
        page = nextPage(answer.headers);
      }
    },
    bytes: (account, wanted, maxBytes, context) => {
      const read = async (response: Response, failed: FailedCall): Promise<Uint8Array> => {
        const { status, headers } = response;
        if (!response.ok) throw answerError(failed, { status, headers, body: await response.text() }, context.clock.now());
        return await readAtMost(response, maxBytes, account);
      };
      return send(account, wanted, context, read, true);
    },
    async identify(account, context) {
      const user = await object(account, { path: "user" }, context);
      return readIdentity(account, user, settings.accounts.get(account)?.actsAs, instanceOf(settings, account, context));
    },
    async ownId(account, context) {
      const key = `self/${account}`;
      const known = await context.memory.get<string>(key);
      if (known !== undefined) return known.value;
      const own = id((await object(account, { path: "user" }, context))["id"]) ?? "";
      await context.memory.set(key, own, { ttlMs: selfMs });
      return own;
    },
  };
}

function within<T>(all: WeakMap<typeof fetch, Map<string, T>>, reach: typeof fetch): Map<string, T> {
  const known = all.get(reach) ?? new Map<string, T>();
  all.set(reach, known);
  return known;
}

async function credential(
  option: Secret | Lookup<string | Secret | undefined> | undefined,
  name: string,
  account: string,
  context: AdapterContext,
): Promise<Secret | undefined> {
  // Who names credentials by account means it: others from the environment would be worse than none.
  const found = typeof option === "function" ? await option(account) : (option ?? (await context.secret(name, account)));
  return found === undefined ? undefined : secret(found);
}

function nextPage(headers: Headers): string | undefined {
  const next = headers.get("x-next-page");
  if (next !== null) return next === "" ? undefined : next;
  const link = /<([^<>]*)>;\s*rel="next"/.exec(headers.get("link") ?? "")?.[1];
  return link !== undefined && URL.canParse(link) ? (new URL(link).searchParams.get("page") ?? undefined) : undefined;
}

function readIdentity(account: string, user: JsonObject, actsAs: Account["actsAs"], title: string): Identity {
  const own = id(user["id"]);
  if (own === undefined) {
    throw new GatewayError("auth.failed", `gitlab: the instance of account ${account} does not say who we are.`, {
      platform,
      account,
    });
  }
  const handle = text(user["username"]);
  const bot = actsAs === undefined ? user["bot"] === true || botName.test(handle ?? "") : actsAs === "bot";
  const named = present({ name: text(user["name"]), handle });
  return { user: { id: own, kind: bot ? "bot" : "person", self: true, ...named }, title };
}

async function readAtMost(response: Response, maxBytes: number, account: string): Promise<Uint8Array> {
  const refuse = async (): Promise<never> => {
    await response.body?.cancel().catch(() => undefined);
    throw new GatewayError("file.refused", `gitlab: a file of account ${account} is larger than ${maxBytes} bytes.`, {
      platform,
      account,
    });
  };
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) return await refuse();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (size > maxBytes)
      throw new GatewayError("file.refused", `gitlab: a file of account ${account} is larger than ${maxBytes} bytes.`, {
        platform,
        account,
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
