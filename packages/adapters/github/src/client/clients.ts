import type { AdapterContext, Identity } from "@devflow/gateway/contract";
import { conditionalFetch, GatewayError, secret } from "@devflow/gateway/kit";
import type { Octokit } from "@octokit/core";
import { asGatewayError, statusOf } from "../errors.ts";
import { defaultApiUrl, platform, type Settings } from "../options.ts";
import type { Answer, Args } from "./answer.ts";
import { appKeyOf, createAppTokens, type AppKey } from "./app.ts";
import { identifyWith } from "./identity.ts";
import { makeOctokit } from "./octokit.ts";

/** GitHub's SDK, one client for each account. */
export interface Clients {
  /** The client of an account: handed in, or made with its token. */
  client(account: string, context: AdapterContext): Promise<Octokit>;
  /** Calls a route once. Rejects with our error. */
  call(account: string, route: string, args: Args, context: AdapterContext): Promise<Answer>;
  /** The pages of a list, one after the other, as they are asked for. */
  pages(account: string, route: string, args: Args, context: AdapterContext): AsyncGenerator<unknown, void>;
  /** True when GitHub tells the run that a dispatch starts, if it is asked to: Enterprise Server refuses the question, later versions need none. */
  tellsRuns(account: string, context: AdapterContext): Promise<boolean>;
  /** The App that we are; undefined when we use a token. */
  app(context: AdapterContext): Promise<AppKey | undefined>;
  /** Who we are on an account, asked of GitHub. */
  identify(account: string, context: AdapterContext): Promise<Identity>;
  /** The same, remembered for a day. */
  self(account: string, context: AdapterContext): Promise<Identity>;
}

/** A call is given up after this time; the outbox has its own, shorter, patience. */
const timeoutMs = 30_000;
/** Our own name changes when the App is renamed, and then seldom. */
const selfMs = 86_400_000;

/** An App may have many installations, and each keeps what it has read: a page of a hundred issues fits into an eighth of this. */
const keptBytes = 4_194_304;
const mostClients = 64;

/** Makes {@link Clients}. The SDK is loaded at the first call. */
export function createClients(settings: Settings): Clients {
  const made = new WeakMap<typeof fetch, Map<string, Promise<Octokit>>>();
  const tokens = createAppTokens();

  const apiUrl = (context: Pick<AdapterContext, "setting">): string =>
    (settings.apiUrl ?? context.setting("API_URL") ?? defaultApiUrl).replace(/\/+$/, "");
  const app: Clients["app"] = (context) =>
    settings.token === undefined && settings.client === undefined ? appKeyOf(settings, context) : Promise.resolve(undefined);

  /** What goes into the header of a request: a token, or for the App's own routes and without an installation what the App signs. */
  const authorize = async (account: string, path: string, context: AdapterContext, octokit: Octokit): Promise<string> => {
    const key = await app(context);
    if (key === undefined) return `token ${await token(account, context)}`;
    if (isAppRoute(path)) return `bearer ${await tokens.jwt(key)}`;
    if (!/^\d+$/.test(account)) {
      const message = `github: account ${account} is no installation of App ${key.appId}. Take the account from an event: the id of its installation.`;
      throw new GatewayError("auth.failed", message, { platform, account });
    }
    const mint = async (installation: string, jwt: string): Promise<unknown> => {
      const args = {
        installation_id: Number(installation),
        headers: { authorization: `bearer ${jwt}` },
        request: { signal: AbortSignal.timeout(timeoutMs) },
      };
      const route = "POST /app/installations/{installation_id}/access_tokens";
      try {
        return (await octokit.request(route, args)).data;
      } catch (thrown) {
        const error = asGatewayError(thrown, { account, route, now: context.clock.now() });
        const [status = 0, message] = [
          statusOf(error),
          `github: installation ${installation} of App ${key.appId} gives no token`,
        ];
        // Whatever was asked for may well be there: it is we who are not.
        if (status < 400 || status >= 500 || error.retryable) throw error;
        const advice =
          status === 404 ? "it was removed, or is another App's" : "it is suspended, or the private key is not this App's";
        throw new GatewayError("auth.failed", `${message}: ${advice}.`, { platform, account });
      }
    };
    return `token ${await tokens.installation(key, account, apiUrl(context), context, mint)}`;
  };

  const token = async (account: string, context: AdapterContext): Promise<string> => {
    // Who names tokens by account means it: another's from the environment would be worse than none.
    const found =
      typeof settings.token === "function"
        ? await settings.token(account)
        : (settings.token ?? (await context.secret("TOKEN", account)));
    if (found !== undefined && secret(found).expose() !== "") return secret(found).expose();
    const advice = "Set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_PRIVATE_KEY, or the options of those names.";
    throw new GatewayError("secret.missing", `github: no token for account ${account}. ${advice}`, { platform, account });
  };

  const make = (account: string, context: AdapterContext): Promise<Octokit> =>
    makeOctokit({
      apiUrl: apiUrl(context),
      apiVersion: settings.apiVersion,
      // One for each account, so that none is shown what another has read.
      fetch: conditionalFetch(context.fetch, { bytes: keptBytes }).fetch,
      authorize: (path, own) => authorize(account, path, context, own),
      async refused(path, authorization) {
        const key = await app(context);
        if (key === undefined || isAppRoute(path)) return false;
        tokens.forget(key, account, apiUrl(context), authorization.replace(/^token /, ""));
        return true;
      },
    });

  const ours = (account: string, context: AdapterContext): Promise<Octokit> => {
    let byAccount = made.get(context.fetch);
    if (byAccount === undefined) made.set(context.fetch, (byAccount = new Map()));
    const key = `${apiUrl(context)} ${account}`;
    const one = byAccount.get(key) ?? make(account, context);
    // Used last stands last. Who is dropped loses what was kept of reads, and nothing else.
    byAccount.delete(key);
    byAccount.set(key, one);
    if (byAccount.size > mostClients) byAccount.delete(byAccount.keys().next().value ?? "");
    return one;
  };
  const client: Clients["client"] = async (account, context) => {
    const given = typeof settings.client === "function" ? await settings.client(account) : settings.client;
    return given ?? (await ours(account, context));
  };

  const call: Clients["call"] = async (account, route, args, context) => {
    const where = { account, route: filled(route, args), now: context.clock.now() };
    try {
      const octokit = await client(account, context);
      const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs)]);
      const { status, data, headers } = await unlessAborted(
        octokit.request(route, { ...sorted(route, args), request: { signal, retries: 0 } }),
        signal,
      );
      if (status >= 300)
        throw new GatewayError("target.moved", `github: ${route} on account ${account}: the repository has moved.`, {
          platform,
          account,
        });
      return { status, data: data as unknown, headers };
    } catch (thrown) {
      throw asGatewayError(thrown, where);
    }
  };

  const identify: Clients["identify"] = async (account, context) => {
    const key = await app(context);
    const slot = `self:${key?.appId ?? ""}`;
    // An App is the same on all its installations, and must know itself when one of them has just ended.
    const known = key === undefined ? undefined : await context.memory.get<Identity>(slot);
    if (known !== undefined) return known.value;
    const ask = (route: string, args: Args = {}): Promise<Answer> => call(account, route, args, context);
    const identity = await identifyWith(ask, key !== undefined, settings.client !== undefined);
    if (key !== undefined && identity.user.id !== "") await context.memory.set(slot, identity, { ttlMs: selfMs });
    return identity;
  };

  return {
    client,
    call,
    app,
    async tellsRuns(account, context) {
      const { baseUrl } = (await client(account, context)).request.endpoint.DEFAULTS;
      return !baseUrl.endsWith("/api/v3") && settings.apiVersion === "2022-11-28";
    },
    async *pages(account, route, args, context) {
      let query: Args | undefined = { per_page: 100, ...args };
      while (query !== undefined) {
        const { data, headers }: Answer = await call(account, route, query, context);
        yield data;
        const next = nextOf(headers["link"]);
        query = next === undefined ? undefined : { ...query, ...next };
      }
    },
    identify,
    async self(account, context) {
      const slot = `own:${account}`;
      const known = await context.memory.get<Identity>(slot);
      if (known !== undefined) return known.value;
      const identity = await identify(account, context);
      await context.memory.set(slot, identity, { ttlMs: selfMs });
      return identity;
    },
  };
}

/** Routes that an App calls as itself and not as an installation. */
function isAppRoute(path: string): boolean {
  return (
    /^\/app(?:\/|$)/.test(path) ||
    /^\/(?:repos\/[^/]+\/[^/]+|orgs\/[^/]+|users\/[^/]+|enterprises\/[^/]+)\/installation$/.test(path)
  );
}

/** A route with the names of what it is about, so that an error tells which repository is not there. */
function filled(route: string, args: Args): string {
  return route.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = args[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : hole;
  });
}

/**
 * Arguments as the SDK takes them for what they are. Named among its own, a field `url`, which webhooks have and a handler may
 * write, would send the request, token and all, to that address.
 */
function sorted(route: string, args: Args): Args {
  if (route.startsWith("GET ")) return args;
  const isPath = ([name]: readonly [string, unknown]): boolean => route.includes(`{${name}}`);
  const fields = Object.entries(args).filter((entry) => !isPath(entry));
  return {
    ...Object.fromEntries(Object.entries(args).filter(isPath)),
    ...(fields.length === 0 ? {} : { data: Object.fromEntries(fields) }),
  };
}

/** What the address of the next page asks for. Its host is not followed: a token goes to the address that was set, and nowhere else. */
function nextOf(link: unknown): Args | undefined {
  const url = typeof link === "string" ? /<([^>]+)>;\s*rel="next"/.exec(link)?.[1] : undefined;
  if (url === undefined || !URL.canParse(url)) return undefined;
  return Object.fromEntries([...new URL(url).searchParams].filter(([name]) => /^(?:page|cursor|before|after)$/.test(name)));
}

/** Who no longer wants the answer is not kept waiting, although a token that others need too may be on its way. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = (): void => reject(Object.assign(new Error("aborted"), { name: "AbortError" }));
  });
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
    work.catch(() => undefined);
  }
}
