import type { AdapterContext, Address, Identity } from "@devflow/gateway/contract";
import { asGatewayError, refusal } from "../errors.ts";
import { addressesOf, settingsOf, type AccountSettings, type Settings } from "../options.ts";
import { type JiraCall } from "../wire/index.ts";
import { authorization } from "./credential.ts";
import { readIdentity, remembered } from "./identity.ts";
import { createSdk, type JiraClient } from "./sdk.ts";
import { addressOf, jsonOf, send } from "./transport.ts";

/** Jira's REST API, for each account. */
export interface Clients {
  /** Settings of an account. */
  settings(account: string): AccountSettings;
  /** One request, once, in the version of the API that the account speaks. Rejects with our error. `to`: the issue it writes. */
  call(account: string, call: JiraCall, context: AdapterContext, to?: Address): Promise<unknown>;
  /** What changes seldom, remembered for ten minutes in this process: fields, types of links, what an issue needs. */
  cached(account: string, call: JiraCall, context: AdapterContext): Promise<unknown>;
  /** Bytes of an attachment. Follows redirects without credentials. */
  download(account: string, path: string, context: AdapterContext): Promise<Response>;
  /** jira.js on our transport. */
  client(account: string, context: AdapterContext): Promise<JiraClient>;
  identify(account: string, context: AdapterContext): Promise<Identity>;
  /** Who we are, remembered for a day. */
  own(account: string, context: AdapterContext): Promise<Identity>;
  /** Where people open this account's issues. */
  site(account: string, context: AdapterContext): string | undefined;
}

const cacheMs = 600_000;
const cacheEntries = 500;

/** Makes {@link Clients}. jira.js is loaded when somebody asks for it. */
export function createClients(settings: Settings): Clients {
  const cache = new WeakMap<typeof fetch, Map<string, { readonly until: number; readonly value: Promise<unknown> }>>();
  const of = (account: string): AccountSettings => settingsOf(settings, account);

  const call: Clients["call"] = async (account, wanted, context, to) => {
    const { client, deployment, accessToken } = of(account);
    const { method, query, body, headers = {} } = wanted;
    const path = wanted.path.startsWith("/rest/") ? wanted.path : `/rest/api/${deployment === "cloud" ? "3" : "2"}${wanted.path}`;
    const failed = { account, call: { method, path }, to, renewable: typeof accessToken === "function" };
    if (client !== undefined) {
      const given = { url: path, method, headers: { ...headers }, ...(query && { searchParams: { ...query } }), body };
      return await unlessAborted(client.sendRequest<unknown>(given), context.signal).catch((thrown: unknown) => {
        throw asGatewayError(thrown, { ...failed, now: context.clock.now() });
      });
    }
    const { base } = addressesOf(of(account), context);
    const proof = await authorization(of(account), account, context);
    const request = {
      url: addressOf(base, path, query, account),
      method,
      headers: { accept: "application/json", authorization: proof, ...headers },
      body,
    };
    return await jsonOf(await send(request, failed, context), account);
  };

  const identify: Clients["identify"] = async (account, context) =>
    readIdentity(await call(account, { method: "GET", path: "/myself" }, context), of(account), account);

  return {
    settings: of,
    call,
    async cached(account, wanted, context) {
      let entries = cache.get(context.fetch);
      if (entries === undefined) cache.set(context.fetch, (entries = new Map()));
      const key = JSON.stringify([account, wanted.path, wanted.query]);
      const known = entries.get(key);
      if (known !== undefined && known.until > context.clock.now()) return await known.value;
      if (entries.size >= cacheEntries) entries.clear();
      const value = call(account, wanted, context);
      entries.set(key, { until: context.clock.now() + cacheMs, value });
      return await value.catch((error: unknown) => {
        entries.delete(key);
        throw error;
      });
    },
    async download(account, path, context) {
      const { base } = addressesOf(of(account), context);
      const headers = { authorization: await authorization(of(account), account, context) };
      const failed = { account, call: { method: "GET" as const, path } };
      // `fetch` itself leaves credentials behind when a redirect leads to another origin: Cloud's storage signs its addresses.
      return await send({ url: base + path, method: "GET", headers }, failed, context, "follow");
    },
    client: (account, context) => createSdk(of(account), account, context),
    identify,
    own: (account, context) => remembered(account, context, () => identify(account, context)),
    site(account, context) {
      const one = of(account);
      // A client that was handed in knows its address and does not tell it.
      return one.client !== undefined && one.apiUrl === undefined ? one.siteUrl : addressesOf(one, context).site;
    },
  };
}

/** A client that was handed in knows no signal of ours: whoever no longer waits is not kept. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error("aborted"));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** The list in an answer that is a page of one; `names` are the fields that may hold it. */
export function pageOf(answer: unknown, names: readonly string[], account: string): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  if (typeof answer === "object" && answer !== null) {
    for (const name of names) {
      const found = (answer as Readonly<Record<string, unknown>>)[name];
      if (Array.isArray(found)) return found;
    }
  }
  throw refusal("platform.failed", account, `Jira's answer has no ${names.join(" or ")}`);
}
