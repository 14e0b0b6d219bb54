import type { AdapterContext } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import { platform, type AccountSettings } from "../options.ts";

/** The header that proves who we are: OAuth before tokens, basic where a user is named beside the token. Throws `secret.missing`. */
export async function authorization(settings: AccountSettings, account: string, context: AdapterContext): Promise<string> {
  const { accessToken: own } = settings;
  // Who gives a token in the options does not mean the one of the environment.
  const oauth =
    typeof own === "function"
      ? await own(account)
      : (own ?? (settings.token ? undefined : await context.secret("ACCESS_TOKEN", account)));
  if (oauth !== undefined) return `Bearer ${secret(oauth).expose()}`;
  const token = settings.token ?? (await context.secret("TOKEN", account));
  if (token === undefined || token.expose() === "") {
    const advice =
      settings.deployment === "cloud"
        ? "Set JIRA_EMAIL and JIRA_TOKEN, or the options `email` and `token`; for OAuth `accessToken` and `cloudId`."
        : "Set JIRA_TOKEN to a personal access token, or the option `token`.";
    throw new GatewayError("secret.missing", `jira: no credential for account ${account}. ${advice}`, { platform, account });
  }
  const email = settings.email ?? (settings.deployment === "cloud" ? context.setting("EMAIL") : undefined);
  if (email === undefined) return `Bearer ${token.expose()}`;
  // What an echoing proxy may show must be known as a secret too.
  return `Basic ${secret(Buffer.from(`${email}:${token.expose()}`).toString("base64")).expose()}`;
}
