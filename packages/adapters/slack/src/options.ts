import type { Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import type { WebClient } from "@slack/web-api";

/** A credential for one account, now or soon. Asked before each call, so what it returns may change. */
export type Lookup<T> = (account: string) => T | Promise<T>;

/** Options of `slack()`. All of them may be left out: the environment answers for what is missing. */
export interface SlackOptions {
  /** Bot token (`xoxb-…`), or a function from account to token where several workspaces installed the app. Unset: `SLACK_BOT_TOKEN`. */
  readonly token?: string | Secret | Lookup<string | Secret | undefined>;
  /** Signing secret of the app; several while one is being replaced. Unset: `SLACK_SIGNING_SECRET`. Without one, every webhook request is refused. */
  readonly signingSecret?: string | Secret | readonly (string | Secret)[];
  /** App-level token (`xapp-…`, scope `connections:write`). With one, events come over Socket Mode too. Unset: `SLACK_APP_TOKEN`. */
  readonly appToken?: string | Secret;
  /** Base address of the Web API. Unset: `SLACK_API_URL`, then `https://slack.com/api/`. */
  readonly apiUrl?: string;
  /** The client of a bot you already have, or a function from account to client. Make it with `retryConfig: { retries: 0 }` and `rejectRateLimitedCalls: true`, since the outbox retries. */
  readonly client?: WebClient | Lookup<WebClient>;
  /** Whether a message in a channel begins a thread, so that the answer to it is put there. True unless set; direct messages are answered in line. */
  readonly replyInThread?: boolean;
  /** Whether a message carries our key in its metadata, so that a second attempt finds what the first has posted instead of posting it twice. True unless set; looking takes the `history` scopes. */
  readonly avoidDoubles?: boolean;
}

/** Options that were checked, with every secret wrapped. */
export interface Settings extends Omit<SlackOptions, "token" | "signingSecret" | "appToken" | "replyInThread" | "avoidDoubles"> {
  readonly token?: Secret | Lookup<string | Secret | undefined>;
  readonly signingSecrets?: readonly Secret[];
  readonly appToken?: Secret;
  readonly replyInThread: boolean;
  readonly avoidDoubles: boolean;
}

/** The platform's name. */
export const platform = "slack";

/** Address of the Web API unless another is named. */
export const defaultApiUrl = "https://slack.com/api/";

/** Checks options at once, so that a slip is seen at start and not with the first message. Throws `options.invalid`. */
export function readOptions(options: SlackOptions): Settings {
  const { token, signingSecret, appToken, replyInThread = true, avoidDoubles = true, ...rest } = options;
  if (typeof token === "string" && !/^xox[bpe]/.test(token)) throw invalid("`token` is no bot token: those begin with `xoxb-`.");
  if (typeof appToken === "string" && !appToken.startsWith("xapp-")) {
    throw invalid("`appToken` is no app-level token: those begin with `xapp-`.");
  }
  const signingSecrets = signingSecret === undefined ? undefined : [signingSecret].flat().map((one) => secret(one));
  if (signingSecrets?.length === 0 || signingSecrets?.some((one) => one.expose() === "")) {
    throw invalid("`signingSecret` is empty. Leave it out to use SLACK_SIGNING_SECRET.");
  }
  if (rest.apiUrl !== undefined && !URL.canParse(rest.apiUrl)) throw invalid("`apiUrl` is not a URL.");
  return {
    ...rest,
    replyInThread,
    avoidDoubles,
    ...(token === undefined ? {} : { token: typeof token === "function" ? token : secret(token) }),
    ...(signingSecrets === undefined ? {} : { signingSecrets }),
    ...(appToken === undefined ? {} : { appToken: secret(appToken) }),
  };
}

function invalid(what: string): GatewayError {
  return new GatewayError("options.invalid", `slack: ${what}`, { platform });
}
