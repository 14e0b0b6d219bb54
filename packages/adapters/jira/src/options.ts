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
  /** Unset: `dataCenter` when `apiUrl` names a host that is not Atlassian's and no `cloudId` is given, else `cloud`. */
  readonly deployment?: Deployment;
  /** E-mail address (Cloud) or user name (Data Center) that belongs to `token`, for basic authentication. Unset: `JIRA_EMAIL`. */
  readonly email?: string;
  /** API token of Cloud, with `email`; or a personal access token of Data Center, alone. Unset: `JIRA_TOKEN`. */
  readonly token?: string | Secret;
  /** OAuth 2.0 access token, or a function that knows the current one. It goes before `token`. Unset: `JIRA_ACCESS_TOKEN`. */
  readonly accessToken?: string | Secret | Lookup<string | Secret>;
  /** Id of the site behind Atlassian's API gateway, for OAuth and scoped tokens. Unset: `JIRA_CLOUD_ID`. With one, `apiUrl` is the gateway's and need not be set. */
  readonly cloudId?: string;
  /** Address that people open, where `apiUrl` is not it. */
  readonly siteUrl?: string;
  /** Secret of the webhook, client secret of the OAuth app, or shared secret of a Connect app; several while one is being replaced. Unset: `JIRA_WEBHOOK_SECRET`. Without one, every webhook request is refused. */
  readonly webhookSecret?: string | Secret | readonly (string | Secret)[];
  /** Whether nobody writes by hand as this user. Unset: asked, and only apps and service accounts count. Then a user's own comments are told from ours by a mark, which takes one request each. */
  readonly dedicatedUser?: boolean;
  /** The client of a program you already have, such as jira.js's. Make it without `retry`, since the outbox retries. Files need a credential as well. */
  readonly client?: JiraSender;
}

/** Options of `jira()`. All of them may be left out: the environment answers for what is missing. */
export interface JiraOptions extends JiraAccount {
  /** Several sites or users, by a name of your own; addresses name it as their account. What one leaves out, the options beside it say. */
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

/** Options that were checked. Without `accounts` there is one, named after its host. */
export interface Settings {
  readonly sole: AccountSettings;
  readonly accounts?: ReadonlyMap<string, AccountSettings>;
  readonly webhookJql?: string;
}

/** The platform's name. */
export const platform = "jira";

const gatewayUrl = "https://api.atlassian.com";
const cloudHost = /(?:^|\.)(?:atlassian\.net|atlassian\.com|jira\.com|jira-dev\.com)$/i;

/** Checks options at once, so that a slip is seen at start and not with the first message. Throws `options.invalid`. */
export function readOptions({ accounts, webhookJql, ...rest }: JiraOptions): Settings {
  const names = Object.entries(accounts ?? {});
  if (accounts !== undefined && names.length === 0) throw invalid("`accounts` names nobody. Leave it out for one account.");
  if (names.some(([name]) => name === "")) throw invalid("an account in `accounts` has no name.");
  return {
    sole: readAccount(rest, ""),
    ...(accounts === undefined
      ? {}
      : { accounts: new Map(names.map(([name, one]) => [name, readAccount({ ...rest, ...one }, ` of account ${name}`)])) }),
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
export function isCloudHost(url: string): boolean {
  return URL.canParse(url) && cloudHost.test(new URL(url).hostname);
}

/** Settings of an account. An unknown name is `options.invalid` where accounts are named; else there is only the one. */
export function settingsOf({ accounts, sole }: Settings, account: string): AccountSettings {
  if (accounts === undefined) return sole;
  const found = accounts.get(account);
  if (found !== undefined) return found;
  throw new GatewayError("options.invalid", `jira: there is no account ${account}. Name it in the option \`accounts\`.`, {
    platform,
    account,
  });
}

/** How an account speaks. Pure, for tables and formats: an unknown account is taken for the general one. */
export function deploymentOf({ accounts, sole }: Settings, account: string | undefined): Deployment {
  return (accounts?.get(account ?? "") ?? sole).deployment;
}

/** The accounts there are. */
export function accountsOf(settings: Settings, context: AdapterContext): readonly (readonly [string, AccountSettings])[] {
  return settings.accounts === undefined ? [[accountName(settings.sole, context), settings.sole]] : [...settings.accounts];
}

/** Addresses of an account: where to call and what people open; without slashes at their ends. Throws `options.invalid`. */
export function addressesOf(
  account: AccountSettings,
  context: AdapterContext,
): { readonly base: string; readonly site: string | undefined } {
  const cloudId = account.cloudId ?? context.setting("CLOUD_ID");
  const named = trimmed(account.apiUrl ?? context.setting("API_URL"));
  const site = trimmed(account.siteUrl);
  if (cloudId !== undefined) return { base: `${named ?? gatewayUrl}/ex/jira/${cloudId}`, site };
  if (named === undefined || !URL.canParse(named)) {
    throw invalid("where is your Jira? Set JIRA_API_URL or the option `apiUrl`, such as https://acme.atlassian.net.");
  }
  if (account.apiUrl === undefined && account.deployment === "cloud" && !isCloudHost(named)) {
    throw invalid('JIRA_API_URL is no host of Atlassian\'s. Say `deployment: "dataCenter"`, or name the address in `apiUrl`.');
  }
  return { base: named, site: site ?? named };
}

/** Name of the only account: the host that people open, or the id of the site behind the gateway. */
function accountName({ siteUrl, apiUrl, cloudId }: AccountSettings, context: AdapterContext): string {
  const id = cloudId ?? context.setting("CLOUD_ID");
  const url = siteUrl ?? (id === undefined ? (apiUrl ?? context.setting("API_URL")) : undefined);
  return url !== undefined && URL.canParse(url) ? new URL(url).host : (id ?? platform);
}

function trimmed(url: string | undefined): string | undefined {
  return url?.replace(/\/+$/, "");
}

function invalid(what: string): GatewayError {
  return new GatewayError("options.invalid", `jira: ${what}`, { platform });
}
