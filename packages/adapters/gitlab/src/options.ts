import type { AdapterContext, Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import type { Gitlab } from "@gitbeaker/core";

/** A value for one account, now or soon. Asked before each call, so what it returns may change. */
export type Lookup<T> = (account: string) => T | Promise<T>;

/** One instance of GitLab and who we are on it. */
export interface GitlabAccount {
  /** Address of the instance, with its sub-path if it has one. Unset: `GITLAB_API_URL`, then `https://gitlab.com`. */
  readonly apiUrl?: string;
  /** Personal, project or group access token, scope `api`; or a function that knows the current one. Unset: `GITLAB_TOKEN`. */
  readonly token?: string | Secret | Lookup<string | Secret | undefined>;
  /** OAuth access token instead, sent as `Bearer`; a function where it is refreshed. Unset: `GITLAB_OAUTH_TOKEN`. */
  readonly oauthToken?: string | Secret | Lookup<string | Secret | undefined>;
  /** Secret of the webhooks; several while one is being replaced. One that begins with `whsec_` signs, any other is compared with `X-Gitlab-Token`. Unset: `GITLAB_WEBHOOK_SECRET`. Without one, every webhook request is refused. */
  readonly webhookSecret?: string | Secret | readonly (string | Secret)[];
  /** Pipeline trigger token (`glptt-…`): with one, `pipeline.run` goes through it. Unset: `GITLAB_TRIGGER_TOKEN`. */
  readonly triggerToken?: string | Secret;
  /** The client of a bot you already have. Its address and credentials are used; our calls do not go through its retries. */
  readonly client?: Gitlab | Lookup<Gitlab>;
  /** Whose the token is. A person's own doings are told from ours by a hidden marker. Unset: GitLab is asked. */
  readonly actsAs?: "bot" | "person";
  /** Paths of projects in which `setup` installs our webhook, and whose lost deliveries are asked for again. */
  readonly projects?: readonly string[];
  /** The same for groups, which need GitLab Premium. */
  readonly groups?: readonly string[];
}

/** Options of `gitlab()`. All of them may be left out: the environment answers for what is missing. The fields of an account are those of `default`. */
export interface GitlabOptions extends GitlabAccount {
  /** Several instances or tokens, by name. Secrets that an entry leaves out are looked up under its name. */
  readonly accounts?: Readonly<Record<string, GitlabAccount>>;
  /** How long a call may take. 30 seconds unless set. */
  readonly timeoutMs?: number;
  /** How often hooks are looked after: disabled ones, and failed deliveries. 5 minutes unless set; 0 never. */
  readonly sweepMs?: number;
}

/** An account that was checked, with every secret wrapped. */
export interface Account extends Omit<GitlabAccount, "token" | "oauthToken" | "webhookSecret" | "triggerToken"> {
  readonly token?: Secret | Lookup<string | Secret | undefined>;
  readonly oauthToken?: Secret | Lookup<string | Secret | undefined>;
  readonly webhookSecrets?: readonly Secret[];
  readonly triggerToken?: Secret;
}

/** Options that were checked. */
export interface Settings {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly timeoutMs: number;
  readonly sweepMs: number;
}

/** The platform's name. */
export const platform = "gitlab";

/** Address of the instance unless another is named. */
const defaultApiUrl = "https://gitlab.com";

/** Name of the account where none is named. */
export const defaultAccount = "default";

/** Checks options at once, so that a slip is seen at start and not with the first event. Throws `options.invalid`. */
export function readOptions(options: GitlabOptions): Settings {
  const { accounts, timeoutMs = 30_000, sweepMs = 300_000, ...main } = options;
  if (!(timeoutMs > 0)) throw invalid("`timeoutMs` is no time.");
  if (!(sweepMs >= 0)) throw invalid("`sweepMs` is no time.");
  const named = Object.entries(accounts ?? {}).map(
    ([name, account]) => [name, readAccount(account, `accounts.${name}.`)] as const,
  );
  if (named.some(([name]) => name === "")) throw invalid("an account has no name.");
  const own = Object.keys(main).length > 0 || named.length === 0;
  return {
    accounts: new Map([...(own ? [[defaultAccount, readAccount(main, "")] as const] : []), ...named]),
    timeoutMs,
    sweepMs,
  };
}

function readAccount(options: GitlabAccount, prefix: string): Account {
  const { token, oauthToken, webhookSecret, triggerToken, apiUrl, ...rest } = options;
  if (apiUrl !== undefined && !/^https?:$/.test(protocolOf(apiUrl)))
    throw invalid(`\`${prefix}apiUrl\` is no address of the web.`);
  if (token !== undefined && oauthToken !== undefined)
    throw invalid(`\`${prefix}token\` and \`${prefix}oauthToken\`: name one of them.`);
  if (typeof token === "string" && token.startsWith("glptt-")) {
    throw invalid(`\`${prefix}token\` is a trigger token, which starts pipelines and nothing else: name it \`triggerToken\`.`);
  }
  const secrets = webhookSecret === undefined ? undefined : [webhookSecret].flat().map((one) => secret(one));
  if (secrets?.length === 0 || secrets?.some((one) => one.expose() === "" || one.expose() === "whsec_")) {
    throw invalid(`\`${prefix}webhookSecret\` is empty. Leave it out to use GITLAB_WEBHOOK_SECRET.`);
  }
  return {
    ...rest,
    ...(apiUrl === undefined ? {} : { apiUrl: instanceUrl(apiUrl) }),
    ...(token === undefined ? {} : { token: typeof token === "function" ? token : secret(token) }),
    ...(oauthToken === undefined ? {} : { oauthToken: typeof oauthToken === "function" ? oauthToken : secret(oauthToken) }),
    ...(secrets === undefined ? {} : { webhookSecrets: secrets }),
    ...(triggerToken === undefined ? {} : { triggerToken: secret(triggerToken) }),
  };
}

/** Secrets of an account's webhooks, newest first; none where nobody set one. */
export async function webhookSecrets(settings: Settings, account: string, context: AdapterContext): Promise<readonly Secret[]> {
  const own = settings.accounts.get(account)?.webhookSecrets;
  if (own !== undefined) return own;
  const found = await context.secret("WEBHOOK_SECRET", account);
  // An empty secret would let anybody in.
  return found === undefined || /^(?:whsec_)?$/.test(found.expose()) ? [] : [found];
}

/** Address of an account's instance. */
export function instanceOf(settings: Settings, account: string, context: AdapterContext): string {
  return settings.accounts.get(account)?.apiUrl ?? instanceUrl(context.setting("API_URL") ?? defaultApiUrl);
}

/** The address of an instance without `/api/v4` and slashes at its end, however it was written. */
function instanceUrl(url: string): string {
  return url.replace(/\/+$/, "").replace(/\/api\/v4$/, "");
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : "";
}

function invalid(what: string): GatewayError {
  return new GatewayError("options.invalid", `gitlab: ${what}`, { platform });
}
