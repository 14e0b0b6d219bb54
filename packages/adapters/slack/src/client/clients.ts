import type { AdapterContext, Identity } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import type { Logger, WebClient } from "@slack/web-api";
import { asGatewayError } from "../errors.ts";
import { defaultApiUrl, platform, type Settings } from "../options.ts";
import { text } from "../wire/index.ts";
import { callDirectly, directMethods } from "./direct.ts";

/** An answer of the Web API. */
export type Answer = Readonly<Record<string, unknown>>;

/** Slack's SDK, one client for each account. */
export interface Clients {
  /** The client of an account: handed in, or made with its token. */
  client(account: string, context: AdapterContext): Promise<WebClient>;
  /** Calls a method of the Web API once. Rejects with our error. */
  call(account: string, method: string, args: Readonly<Record<string, unknown>>, context: AdapterContext): Promise<Answer>;
  /** The bot token of an account, for downloads. */
  token(account: string, context: AdapterContext): Promise<string>;
  apiUrl(context: AdapterContext): string;
  /** Who we are on an account, asked of Slack. Rejects when the token is another account's. */
  identify(account: string, context: AdapterContext): Promise<Identity>;
  /** Our user id on an account, remembered. */
  ownId(account: string, context: AdapterContext): Promise<string>;
}

/** The SDK gives up after this time; the outbox has its own, shorter, patience. */
const timeoutMs = 30_000;
/** The bot's user changes when the app is installed anew, and then seldom. */
const selfMs = 86_400_000;

/** Makes {@link Clients}. The SDK is loaded at the first call. */
export function createClients(settings: Settings): Clients {
  const made = new WeakMap<typeof fetch, Map<string, { readonly token: string; readonly client: WebClient }>>();

  const given = async (account: string): Promise<WebClient | undefined> =>
    typeof settings.client === "function" ? await settings.client(account) : settings.client;

  const token = async (account: string, context: AdapterContext): Promise<string> => {
    // Who names tokens by account means it: another workspace's from the environment would be worse than none.
    const found =
      typeof settings.token === "function"
        ? await settings.token(account)
        : (settings.token ?? (await given(account))?.token ?? (await context.secret("BOT_TOKEN", account)));
    if (found !== undefined) return secret(found).expose();
    const advice = "Set SLACK_BOT_TOKEN or the option `token`.";
    throw new GatewayError("secret.missing", `slack: no bot token for account ${account}. ${advice}`, { platform, account });
  };
  const urlOf = (method: string, context: AdapterContext): string => {
    const base = apiUrl(context);
    return `${base}${base.endsWith("/") ? "" : "/"}${method}`;
  };
  const apiUrl = (context: AdapterContext): string => settings.apiUrl ?? context.setting("API_URL") ?? defaultApiUrl;

  const client = async (account: string, context: AdapterContext): Promise<WebClient> => {
    const own = await given(account);
    if (own !== undefined) return own;
    const current = await token(account, context);
    let byAccount = made.get(context.fetch);
    if (byAccount === undefined) made.set(context.fetch, (byAccount = new Map()));
    const known = byAccount.get(account);
    if (known?.token === current) return known.client;
    const fresh = await makeClient(current, apiUrl(context), context);
    byAccount.set(account, { token: current, client: fresh });
    return fresh;
  };

  const call: Clients["call"] = async (account, method, args, context) => {
    if (settings.client === undefined && directMethods.has(method)) {
      const current = await token(account, context);
      try {
        return await callDirectly({ url: urlOf(method, context), token: current, args }, context);
      } catch (thrown) {
        throw asGatewayError(thrown, { account, method });
      }
    }
    const web = await client(account, context);
    try {
      return { ...(await unlessAborted(web.apiCall(method, args), context.signal)) };
    } catch (thrown) {
      throw asGatewayError(thrown, { account, method });
    }
  };
  const identify: Clients["identify"] = async (account, context) =>
    readIdentity(account, await call(account, "auth.test", {}, context));

  return {
    client,
    token,
    apiUrl,
    call,
    identify,
    async ownId(account, context) {
      const key = `self:${account}`;
      const known = await context.memory.get<string>(key);
      if (known !== undefined) return known.value;
      const { id } = (await identify(account, context)).user;
      await context.memory.set(key, id, { ttlMs: selfMs });
      return id;
    },
  };
}

/** The SDK takes no signal: who no longer wants the answer is not kept waiting, and its timeout ends the call. */
async function unlessAborted<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = (): void => reject(Object.assign(new Error("aborted"), { code: "slack_webapi_request_error" }));
  });
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([call, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** A token of another workspace would make us blind to our own messages there. */
function readIdentity(account: string, answer: Answer): Identity {
  const [id, team, enterprise] = [text(answer["user_id"]), text(answer["team_id"]), text(answer["enterprise_id"])];
  if (id === undefined) throw failed(account, "auth.test does not say who we are");
  if (team !== undefined && account !== team && account !== enterprise) {
    throw failed(account, `its token belongs to ${team}. Give the option \`token\` a function from account to token`);
  }
  const [name, title] = [text(answer["user"]), text(answer["team"])];
  return {
    user: { id, kind: "bot", self: true, ...(name === undefined ? {} : { name, handle: name }) },
    ...(title === undefined ? {} : { title }),
  };
}

function failed(account: string, why: string): GatewayError {
  return new GatewayError("auth.failed", `slack: account ${account}: ${why}.`, { platform, account });
}

/** A client with the retries, the queue and the voice of the SDK switched off: pace and repetition belong to the outbox. */
export async function makeClient(token: string, apiUrl: string, context: AdapterContext): Promise<WebClient> {
  const { WebClient: Client } = await import("@slack/web-api");
  return new Client(token, {
    slackApiUrl: apiUrl,
    fetch: context.fetch,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    maxRequestConcurrency: 1_000,
    allowAbsoluteUrls: false,
    timeout: timeoutMs,
    logger: silent,
  });
}

function mute(): void {
  // What the SDK has to say is in its errors.
}

const silent = {
  debug: mute,
  info: mute,
  warn: mute,
  error: mute,
  setLevel: mute,
  setName: mute,
  getLevel: () => "error",
} as unknown as Logger;
