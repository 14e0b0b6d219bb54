import type { Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import type { Octokit } from "@octokit/core";

/** A credential for one account, now or soon. Asked before each call, so what it returns may change. */
export type Lookup<T> = (account: string) => T | Promise<T>;

/** Options of `github()`. All of them may be left out: the environment answers for what is missing. */
export interface GithubOptions {
  /** Personal access token, classic or fine-grained, or a function from account to token. Unset: `GITHUB_TOKEN`. */
  readonly token?: string | Secret | Lookup<string | Secret | undefined>;
  /** Id or client id of a GitHub App. With it and `privateKey`, each installation is an account, named by its id. Unset: `GITHUB_APP_ID`. */
  readonly appId?: string | number;
  /** The App's private key, PEM; line feeds may be written `\n`. Unset: `GITHUB_PRIVATE_KEY`. */
  readonly privateKey?: string | Secret;
  /** Secret of the webhook; several while one is being replaced. Unset: `GITHUB_WEBHOOK_SECRET`. Without one, every request is refused. */
  readonly webhookSecret?: string | Secret | readonly (string | Secret)[];
  /** Name of the account where no installation gives it one. `default` unless set. */
  readonly account?: string;
  /** Base address of the API, for Enterprise Server (`https://HOST/api/v3`) and GHE.com (`https://api.SUB.ghe.com`). Unset: `GITHUB_API_URL`, then `https://api.github.com`. */
  readonly apiUrl?: string;
  /** Version of the API to ask for. `2022-11-28` unless set, which every server knows. */
  readonly apiVersion?: string;
  /** The client of a program you already have, or a function from account to client. Make it without the plugins for retries and throttling, since the outbox has both. */
  readonly client?: Octokit | Lookup<Octokit>;
  /** Whether texts end with a comment that nobody sees: it keeps a lost answer from making a double, and tells the bot's words from those of the person whose token it uses. True unless set. */
  readonly marker?: boolean;
  /** Repositories (`octo/app`) and organizations (`octo`) with a webhook of their own, which `gateway.setup` makes. An App has one for all and needs none of these. */
  readonly webhooks?: readonly string[];
  /** How often to look for webhooks that did not arrive, and to ask for them again, which GitHub does not do by itself: every ten minutes unless set, in milliseconds; `false`: never. Done for an App and for `webhooks`. */
  readonly redeliverEveryMs?: number | false;
}

/** Options that were checked, with every secret wrapped. */
export interface Settings extends Omit<
  GithubOptions,
  "token" | "privateKey" | "webhookSecret" | "appId" | "account" | "apiVersion" | "marker"
> {
  readonly token?: Secret | Lookup<string | Secret | undefined>;
  readonly appId?: string;
  readonly privateKey?: Secret;
  readonly webhookSecrets?: readonly Secret[];
  readonly account: string;
  readonly apiVersion: string;
  readonly marker: boolean;
}

/** The platform's name. */
export const platform = "github";

/** Path of the webhook below the public base address. */
export const hookPath = "/webhooks/github";

/** Address of the API unless another is named. */
export const defaultApiUrl = "https://api.github.com";

/** Checks options at once, so that a slip is seen at start and not with the first event. Throws `options.invalid`. */
export function readOptions(options: GithubOptions): Settings {
  const {
    token,
    appId,
    privateKey,
    webhookSecret,
    account = "default",
    apiVersion = "2022-11-28",
    marker = true,
    ...rest
  } = options;
  if (rest.apiUrl !== undefined && !URL.canParse(rest.apiUrl)) throw invalid("`apiUrl` is not a URL.");
  if (account === "") throw invalid("`account` is empty.");
  if (typeof privateKey === "string" && !privateKey.includes("PRIVATE KEY"))
    throw invalid("`privateKey` is no private key: it begins with `-----BEGIN`. Give the text of the file, not its path.");
  const webhookSecrets = webhookSecret === undefined ? undefined : [webhookSecret].flat().map((one) => secret(one));
  if (webhookSecrets?.length === 0 || webhookSecrets?.some((one) => one.expose() === ""))
    throw invalid("`webhookSecret` is empty. Leave it out to use GITHUB_WEBHOOK_SECRET.");
  const { redeliverEveryMs = false, webhooks = [] } = rest;
  if (redeliverEveryMs !== false && !(redeliverEveryMs >= 60_000)) throw invalid("`redeliverEveryMs` is less than a minute.");
  for (const name of webhooks)
    if (!/^[^/\s]+(?:\/[^/\s]+)?$/.test(name)) throw invalid(`\`webhooks\` has "${name}": write octo/app or octo.`);
  return {
    ...rest,
    account,
    apiVersion,
    marker,
    ...(token === undefined ? {} : { token: typeof token === "function" ? token : secret(token) }),
    ...(appId === undefined ? {} : { appId: String(appId) }),
    ...(privateKey === undefined ? {} : { privateKey: secret(privateKey) }),
    ...(webhookSecrets === undefined ? {} : { webhookSecrets }),
  };
}

function invalid(what: string): GatewayError {
  return new GatewayError("options.invalid", `github: ${what}`, { platform });
}
