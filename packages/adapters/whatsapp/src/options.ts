import type { Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import type { WhatsAppAPI } from "whatsapp-api-js";

/** A value for one account, now or soon. Asked before each call, so what it returns may change. */
export type Lookup<T> = (account: string) => T | Promise<T>;

/** A message template that Meta has approved, by the name and language of its list. */
export interface Template {
  readonly name: string;
  /** Such as `en_US`. */
  readonly language: string;
}

/** Options of `whatsapp()`. All of them may be left out: the environment answers for what is missing. */
export interface WhatsAppOptions {
  /** Access token, best of a system user; or a function from account to token where the numbers have several. Unset: `WHATSAPP_ACCESS_TOKEN`. */
  readonly token?: string | Secret | Lookup<string | Secret | undefined>;
  /** App secret, which signs webhooks; several while one is being replaced. Unset: `WHATSAPP_APP_SECRET`. Without one, every webhook request is refused. */
  readonly appSecret?: string | Secret | readonly (string | Secret)[];
  /** The verify token of the webhook's handshake: any text of yours. Unset: `WHATSAPP_VERIFY_TOKEN`. */
  readonly verifyToken?: string | Secret;
  /** Base address of the Graph API. Unset: `WHATSAPP_API_URL`, then `https://graph.facebook.com`. */
  readonly apiUrl?: string;
  /** Version of the Graph API. `v25.0` unless set. */
  readonly apiVersion?: string;
  /** The client that you already have, or a function from account to client. */
  readonly client?: WhatsAppAPI | Lookup<WhatsAppAPI>;
  /** Id of the WhatsApp business account whose webhook and commands `gateway.setup` sets. Unset: `WHATSAPP_BUSINESS_ACCOUNT_ID`. */
  readonly businessAccount?: string;
  /** The template that `window.closed` tells to use when a person has not written for 24 hours. */
  readonly template?: Template;
  /** Messages a second that Meta allows each number. 80 unless set; Meta raises some numbers to 1,000. */
  readonly throughput?: number;
}

/** Options that were checked, with every secret wrapped. */
export interface Settings extends Omit<WhatsAppOptions, "token" | "appSecret" | "verifyToken" | "apiVersion" | "throughput"> {
  readonly token?: Secret | Lookup<string | Secret | undefined>;
  readonly appSecrets?: readonly Secret[];
  readonly verifyToken?: Secret;
  readonly apiVersion: string;
  readonly throughput: number;
}

/** The platform's name. */
export const platform = "whatsapp";

/** Address of the Graph API unless another is named. */
export const defaultApiUrl = "https://graph.facebook.com";

/** Checks options at once, so that a slip is seen at start and not with the first message. Throws `options.invalid`. */
export function readOptions(options: WhatsAppOptions): Settings {
  const { token, appSecret, verifyToken, apiVersion = "v25.0", throughput = 80, ...rest } = options;
  if (token === "") throw invalid("`token` is empty. Leave it out to use WHATSAPP_ACCESS_TOKEN.");
  const secrets = appSecret === undefined ? undefined : [appSecret].flat().map((one) => secret(one));
  if (secrets?.length === 0 || secrets?.some((one) => one.expose() === "")) {
    throw invalid("`appSecret` is empty. Leave it out to use WHATSAPP_APP_SECRET.");
  }
  if (verifyToken === "") throw invalid("`verifyToken` is empty. Leave it out to use WHATSAPP_VERIFY_TOKEN.");
  if (rest.apiUrl !== undefined && !URL.canParse(rest.apiUrl)) throw invalid("`apiUrl` is not a URL.");
  if (!/^v\d+\.\d+$/.test(apiVersion)) throw invalid("`apiVersion` is written as `v25.0`.");
  if (!(throughput >= 1)) throw invalid("`throughput` is a number of messages a second, 1 or more.");
  return {
    ...rest,
    apiVersion,
    throughput,
    ...(token === undefined ? {} : { token: typeof token === "function" ? token : secret(token) }),
    ...(secrets === undefined ? {} : { appSecrets: secrets }),
    ...(verifyToken === undefined ? {} : { verifyToken: secret(verifyToken) }),
  };
}

function invalid(what: string): GatewayError {
  return new GatewayError("options.invalid", `whatsapp: ${what}`, { platform });
}
