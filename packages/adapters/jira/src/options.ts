import type { AdapterContext, Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import type { Client } from "jira.js/core";

/** Where Jira runs. `cloud` speaks REST v3 and ADF, `dataCenter` REST v2 and wiki markup. */
export type Deployment = "cloud" | "dataCenter";

/** A credential, now or soon. Asked before each call, so what it returns may change. */
export type Lookup<T> = (account: string) => T | Promise<T>;

/** A client that a program already has: one of jira.js, or anything that sends as it does. */
export type JiraSender = Pick<Client, "sendRequest">;

/** One Jira site, and who we are there. */
export interface JiraAccount {
  /** Address of the site: `https://acme.atlassian.net`, or of a Data Center with its context path. Unset: `JIRA_API_URL`. */
  readonly apiUrl?: string;
  /** Where Jira runs: `cloud` or `dataCenter`. Unset: `dataCenter` when `apiUrl` names a host that is not Atlassian's and no `cloudId` is given, else `cloud`. */
  readonly deployment?: Deployment;
  /** E-mail address (Cloud) or user name (Data Center) that belongs to `token`, for basic authentication. Unset: `JIRA_EMAIL`, on Cloud. */
  readonly email?: string;
  /** API token of Cloud, with `email`; or a personal access token of Data Center, alone. Unset: `JIRA_TOKEN`. */
  readonly token?: string | Secret;
  /** OAuth 2.0 access token, or a function that knows the current one. It goes before `token`. Unset: `JIRA_ACCESS_TOKEN`. */
  readonly accessToken?: string | Secret | Lookup<string | Secret>;
  /** Id of the site at Atlassian's API gateway, for OAuth and scoped tokens: calls go to `https://api.atlassian.com/ex/jira/<id>`. Unset: `JIRA_CLOUD_ID`. */
  readonly cloudId?: string;
  /** Address that people open, where `apiUrl` does not say it. */
  readonly siteUrl?: string;
  /** Secret of the webhook, client secret of the OAuth app, or shared secret of a Connect app; several while one is being replaced. Unset: `JIRA_WEBHOOK_SECRET`. Without one, every webhook request is refused. */
  readonly webhookSecret?: string | Secret | readonly (string | Secret)[];
  /** Whose the token is. A person's own comments are told from ours by a mark, which takes one request each. Unset: Jira is asked, and only apps and service accounts are bots. */
  readonly actsAs?: "bot" | "person";
  /** The client of a program you already have, such as jira.js's. Make it without `retry`, since the outbox retries. Files need a credential as well. */
  readonly client?: JiraSender;
}

/** Options of `jira()`. All of them may be left out: the environment answers for what is missing. The fields of an account are those of `default`. */
export interface JiraOptions extends JiraAccount {
  /** Several sites or users, by name. Secrets that an entry leaves out are looked up under its name. */
  readonly accounts?: Readonly<Record<string, JiraAccount>>;
  /** Which issues webhooks of OAuth apps tell of: JQL of `project`, `issueKey`, `issuetype`, `status`, `assignee`, `reporter` with `=`, `!=`, `IN`, `NOT IN`. */
  readonly webhookJql?: string;
}

/** An account whose options were checked, with every secret wrapped. */
export interface AccountSettings extends Omit<JiraAccount, "token" | "accessToken" | "webhookSecret" | "deployment"> {
  readonly deployment: Deployment;
  readonly token?: Secret;
  readonly accessToken?: Secret | Lookup<string | Secret>;
  readonly webhookSecrets?: readonly Secret[];
}

/** Options that were checked. */
export interface Settings {
  readonly accounts: ReadonlyMap<string, AccountSettings>;
  readonly webhookJql?: string;
}

/** The platform's name. */
export const platform = "jira";

/** Name of the account where none is named. */
export const defaultAccount = "default";

const gatewayUrl = "https://api.atlassian.com";
const cloudHost = /(?:^|\.)(?:atlassian\.net|atlassian\.com|jira\.com|jira-dev\.com)$/i;

/** Checks options at once, so that a slip is seen at start and not with the first message. Throws `options.invalid`. */
export function readOptions({ accounts, webhookJql, ...main }: JiraOptions): Settings {
  const named = Object.entries(accounts ?? {}).map(([name, one]) => [name, readAccount(one, ` of account ${name}`)] as const);
  if (named.some(([name]) => name === "")) throw invalid("an account in `accounts` has no name.");
  const own = Object.keys(main).length > 0 || named.length === 0;
  return {
    accounts: new Map([...(own ? [[defaultAccount, readAccount(main, "")] as const] : []), ...named]),
    ...(webhookJql === undefined ? {} : { webhookJql }),
  };
}

function readAccount({ token, accessToken, webhookSecret, ...rest }: JiraAccount, whose: string): AccountSettings {
  for (const name of ["apiUrl", "siteUrl"] as const) {
    const url = rest[name];
    if (url === undefined) continue;
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw invalid(`\`${name}\`${whose} is no address.`);
  }
  if (rest.cloudId !== undefined && !/^[\w-]+$/.test(rest.cloudId)) throw invalid(`\`cloudId\`${whose} is none.`);
  const webhookSecrets = webhookSecret === undefined ? undefined : [webhookSecret].flat().map((one) => secret(one));
  if (webhookSecrets?.length === 0 || webhookSecrets?.some((one) => one.expose() === "")) {
    throw invalid(`\`webhookSecret\`${whose} is empty. Leave it out to use JIRA_WEBHOOK_SECRET.`);
  }
  return {
    ...rest,
    deployment: rest.deployment ?? guess(rest),
    ...(token === undefined ? {} : { token: secret(token) }),
    ...(accessToken === undefined ? {} : { accessToken: typeof accessToken === "function" ? accessToken : secret(accessToken) }),
    ...(webhookSecrets === undefined ? {} : { webhookSecrets }),
  };
}

function guess({ apiUrl, cloudId }: JiraAccount): Deployment {
  return apiUrl === undefined || cloudId !== undefined || isCloudHost(apiUrl) ? "cloud" : "dataCenter";
}

/** True for an address on Atlassian's own hosts. */
function isCloudHost(url: string): boolean {
  return URL.canParse(url) && cloudHost.test(new URL(url).hostname);
}

/** Settings of an account. Throws `options.invalid` for one that nobody named. */
export function settingsOf({ accounts }: Settings, account: string): AccountSettings {
  const found = accounts.get(account);
  if (found !== undefined) return found;
  const names = [...accounts.keys()].join(", ");
  throw new GatewayError("options.invalid", `jira: there is no account ${account}. Options name ${names}.`, {
    platform,
    account,
  });
}

/** How an account speaks. Pure, for tables and formats; of one that nobody named it is what the first one speaks. */
export function deploymentOf({ accounts }: Settings, account: string | undefined): Deployment {
  const [first] = accounts.values();
  return (accounts.get(account ?? "") ?? first)?.deployment ?? "cloud";
}

/** Addresses of an account: where to call and what people open; without slashes at their ends. Throws `options.invalid`. */
export function addressesOf(
  account: AccountSettings,
  context: AdapterContext,
): { readonly base: string; readonly site: string | undefined } {
  const cloudId = account.cloudId ?? (account.apiUrl === undefined ? context.setting("CLOUD_ID") : undefined);
  const named = trimmed(account.apiUrl ?? context.setting("API_URL"));
  const site = trimmed(account.siteUrl);
  if (cloudId !== undefined) {
    // The address of a site is no gateway, but it is where people go.
    const gateway = named === undefined || (isCloudHost(named) && new URL(named).origin !== gatewayUrl) ? gatewayUrl : named;
    return { base: `${gateway}/ex/jira/${cloudId}`, site: site ?? (gateway === named ? undefined : named) };
  }
  if (named === undefined || !URL.canParse(named)) {
    throw invalid("where is your Jira? Set JIRA_API_URL or the option `apiUrl`, such as https://acme.atlassian.net.");
  }
  if (account.apiUrl === undefined && account.deployment === "cloud" && !isCloudHost(named)) {
    throw invalid('JIRA_API_URL is no host of Atlassian\'s. Say `deployment: "dataCenter"`, or name the address in `apiUrl`.');
  }
  return { base: named, site: site ?? named };
}

function trimmed(url: string | undefined): string | undefined {
  return url?.replace(/\/+$/, "");
}

function invalid(what: string): GatewayError {
  return new GatewayError("options.invalid", `jira: ${what}`, { platform });
}
