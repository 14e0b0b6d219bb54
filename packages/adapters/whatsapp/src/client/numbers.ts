import type { AdapterContext, Identity } from "@devflow/gateway/contract";
import { GatewayError, isObject, secret, type JsonObject } from "@devflow/gateway/kit";
import type { WhatsAppAPI } from "whatsapp-api-js";
import { readAnswer, unreachable, type Failed } from "../errors.ts";
import { defaultApiUrl, platform, type Settings } from "../options.ts";
import { text } from "../wire/index.ts";

/** One request to the Graph API: `json` or `form` makes it a POST. */
export interface Request {
  /** Below the version, with its query. */
  readonly path: string;
  /** For people: what failed when it fails. */
  readonly what: string;
  readonly json?: JsonObject;
  readonly form?: FormData;
}

/** The phone numbers that this adapter speaks for, one client for each. */
export interface Numbers {
  client(account: string, context: AdapterContext): Promise<WhatsAppAPI>;
  /** Makes a request once. Rejects with our error. */
  call(account: string, request: Request, context: AdapterContext, more?: Partial<Failed>): Promise<JsonObject>;
  /** Fetches an address with the number's token: only for Meta's own hosts. Redirects are not followed. Rejects with what the network threw. */
  fetch(account: string, url: URL, context: AdapterContext): Promise<Response>;
  /** Base address of the Graph API, without a slash at its end. */
  apiUrl(context: AdapterContext): string;
  identify(account: string, context: AdapterContext): Promise<Identity>;
}

/** Some of Meta's hosts answer 404 to requests without one. */
const userAgent = "DevFlow-Gateway";

/** Makes {@link Numbers}. The SDK is loaded at the first call. */
export function createNumbers(settings: Settings): Numbers {
  const made = new WeakMap<typeof fetch, Map<string, { readonly token: string; readonly api: WhatsAppAPI }>>();
  const apiUrl = (context: AdapterContext): string =>
    (settings.apiUrl ?? context.setting("API_URL") ?? defaultApiUrl).replace(/\/+$/, "");

  const tokenOf = async (account: string, context: AdapterContext): Promise<string> => {
    const found =
      typeof settings.token === "function"
        ? await settings.token(account)
        : (settings.token ?? (await context.secret("ACCESS_TOKEN", account)));
    const token = found === undefined ? "" : secret(found).expose();
    if (token !== "") return token;
    const message = `whatsapp: there is no access token for number ${account}. Set WHATSAPP_ACCESS_TOKEN or the option \`token\`.`;
    throw new GatewayError("secret.missing", message, { platform, account });
  };

  const client = async (account: string, context: AdapterContext): Promise<WhatsAppAPI> => {
    if (settings.client) return typeof settings.client === "function" ? await settings.client(account) : settings.client;
    const token = await tokenOf(account, context);
    let byAccount = made.get(context.fetch);
    if (byAccount === undefined) made.set(context.fetch, (byAccount = new Map()));
    const known = byAccount.get(account);
    if (known?.token === token) return known.api;
    const { WhatsAppAPI: Api } = await import("whatsapp-api-js");
    // The SDK has one host written into it.
    const rehost = (url: string): string =>
      url.startsWith(`${defaultApiUrl}/`) ? apiUrl(context) + url.slice(defaultApiUrl.length) : url;
    const ponyfill: typeof fetch = (input, init) =>
      context.fetch(typeof input === "string" ? rehost(input) : input, {
        ...init,
        headers: { "user-agent": userAgent, ...headersOf(init) },
      });
    const api = new Api({ token, v: settings.apiVersion, secure: false, ponyfill: { fetch: ponyfill } });
    byAccount.set(account, { token, api });
    return api;
  };

  const call: Numbers["call"] = async (account, { path, what, json, form }, context, more) => {
    const failed: Failed = { account, what, template: settings.template, ...more };
    const api = await client(account, context);
    const sent = json ? { headers: { "content-type": "application/json" }, body: JSON.stringify(json) } : form && { body: form };
    let response: Response;
    let body: JsonObject;
    try {
      response = await api.$$apiFetch$$(`${apiUrl(context)}/${settings.apiVersion}/${path}`, {
        method: sent ? "POST" : "GET",
        redirect: "manual",
        ...sent,
        signal: context.signal,
      });
      body = readBody(await response.text());
    } catch (thrown) {
      throw unreachable(thrown, failed);
    }
    // The SDK throws on no status, and an embedded client may have turned a refusal into a 200.
    if (!response.ok || isObject(body.error)) throw readAnswer(response, body, failed);
    return body;
  };

  return {
    client,
    call,
    apiUrl,
    async fetch(account, url, context) {
      const api = await client(account, context);
      const headers = { "user-agent": userAgent };
      return await api.$$apiFetch$$(url.href, { headers, redirect: "manual", signal: context.signal });
    },
    async identify(account, context) {
      const request = { path: `${account}?fields=display_phone_number,verified_name`, what: "its own name" };
      const found = await call(account, request, context);
      const name = text(found.verified_name);
      const handle = text(found.display_phone_number)?.replace(/\D/g, "");
      const user = { id: account, kind: "bot", self: true } as const;
      return {
        user: { ...user, ...(name === undefined ? {} : { name }), ...(handle === undefined ? {} : { handle }) },
        ...(name === undefined ? {} : { title: name }),
      };
    },
  };
}

function headersOf(init: RequestInit | undefined): Record<string, string> {
  return Object.fromEntries(new Headers(init?.headers));
}

/** An error page is no answer of the Graph API: then the status speaks alone. */
function readBody(body: string): JsonObject {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
