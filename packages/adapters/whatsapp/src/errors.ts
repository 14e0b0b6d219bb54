import type { Address } from "@devflow/gateway/contract";
import { GatewayError, redact, type ErrorCode, type JsonObject } from "@devflow/gateway/kit";
import { numberBucket } from "./limits.ts";
import { platform, type Template } from "./options.ts";
import { number, object, text } from "./wire/index.ts";

/** Where and on which attempt a call failed. */
export interface Failed {
  readonly account: string;
  /** What was asked for, such as `a message`. */
  readonly what: string;
  readonly to?: Address;
  /** 1 on the first attempt. */
  readonly attempt?: number;
  /** The template to name when only one of those may be sent. */
  readonly template?: Template | undefined;
}

interface Rule {
  readonly codes: readonly (number | readonly [from: number, to: number])[];
  readonly code: ErrorCode;
  readonly next: string;
  /** Worth another attempt: always, or once. */
  readonly retry?: "always" | "once";
  readonly waitMs?: number;
  /** A `rate.limited` that concerns the whole number, not the one conversation. */
  readonly whole?: true;
}

/**
 * Meta's codes, as far as they ask for something; titles and subcodes are no contract. The same codes come in the answer to a
 * request and, later, in a status. Source: Cloud API, error codes.
 */
const rules: readonly Rule[] = [
  {
    codes: [131056],
    code: "rate.limited",
    next: "This person gets a message every 6 s on average; it is sent later.",
    retry: "always",
    waitMs: 6_000,
  },
  {
    codes: [130429],
    code: "rate.limited",
    next: "The number sends too fast; it is sent later. Lower `throughput`.",
    retry: "always",
    waitMs: 1_000,
    whole: true,
  },
  {
    codes: [4, 80007],
    code: "rate.limited",
    next: "The app makes too many calls; it is sent later.",
    retry: "always",
    waitMs: 60_000,
    whole: true,
  },
  {
    codes: [131048],
    code: "rate.limited",
    next: "People have blocked or reported this number; see its quality in WhatsApp Manager.",
    retry: "always",
    waitMs: 900_000,
    whole: true,
  },
  {
    codes: [1, 2, 131000, 131016, 131057, 133004],
    code: "platform.failed",
    next: "It will be tried again.",
    retry: "always",
  },
  {
    codes: [131052, 131053],
    code: "content.rejected",
    next: "Meta could not take the file; mind its type and its size.",
    retry: "once",
  },
  {
    codes: [0, 190],
    code: "auth.failed",
    next: "The access token is no longer valid. Make a new one for the system user and replace WHATSAPP_ACCESS_TOKEN.",
  },
  {
    codes: [3, 10, [200, 299], 131005],
    code: "operation.rejected",
    next: "The token lacks a permission: whatsapp_business_messaging, or the number is not assigned to its system user.",
  },
  { codes: [131047], code: "window.closed", next: "" },
  {
    codes: [131026, 131050],
    code: "target.gone",
    next: "Nothing reaches this person: no WhatsApp, an old one, or they opted out.",
  },
  {
    codes: [131030],
    code: "target.gone",
    next: "A test number reaches only the recipients that are listed in the app's dashboard.",
  },
  {
    codes: [131042, 131045],
    code: "operation.rejected",
    next: "See to the payment method or the registration in WhatsApp Manager.",
  },
  {
    codes: [[133000, 133016], 131037],
    code: "operation.rejected",
    next: "The number is not set up: register it, and have its display name approved.",
  },
  {
    codes: [368, 131031, 130497],
    code: "operation.rejected",
    next: "The account is restricted; see Business Support Home.",
  },
  {
    codes: [130501],
    code: "operation.unsupported",
    next: "A group takes texts, files and templates alone.",
  },
  {
    codes: [131049, 130472],
    code: "operation.rejected",
    next: "Meta holds marketing back from this person; do not try again for a day.",
  },
  {
    codes: [100, 131008, 131009, 131021, 131051],
    code: "content.rejected",
    next: "Change the message; it would be refused again as it is.",
  },
  {
    codes: [[132000, 132999]],
    code: "content.rejected",
    next: "See to the template: its name, language, parameters and approval.",
  },
];

const otherwise: Rule = { codes: [], code: "operation.rejected", next: "Meta refuses it for good." };

function ruleOf(code: number | undefined): Rule | undefined {
  if (code === undefined) return undefined;
  return rules.find(({ codes }) =>
    codes.some((one) => (typeof one === "number" ? one === code : code >= one[0] && code <= one[1])),
  );
}

/** Meta's `error` object, from an answer or a status, as this project's error. */
export function readError(error: JsonObject, failed: Failed): GatewayError {
  const code = number(error.code);
  return refusal(ruleOf(code) ?? otherwise, `${said(error)}${code === undefined ? "" : ` (${code})`}`, failed);
}

/** An answer that is no success. Codes say more than the status; a status alone says what HTTP says. */
export function readAnswer(
  { status, headers }: Pick<Response, "status" | "headers">,
  body: JsonObject,
  failed: Failed,
): GatewayError {
  const error = object(body.error);
  const rule = ruleOf(number(error.code)) ?? ruleOfStatus(status);
  const waitMs = rule.code === "rate.limited" ? (waitOf(headers) ?? rule.waitMs) : undefined;
  const code = number(error.code);
  const words = code === undefined ? `the Graph API answered ${status}` : `${said(error)} (${code})`;
  return refusal(waitMs === undefined ? rule : { ...rule, waitMs }, words, failed);
}

function ruleOfStatus(status: number): Rule {
  if (status === 429) return { codes: [], code: "rate.limited", next: "It is sent later.", retry: "always", waitMs: 1_000 };
  if (status >= 500) return { codes: [], code: "platform.failed", next: "It will be tried again.", retry: "always" };
  if (status === 401) return ruleOf(190) ?? otherwise;
  if (status === 404) return { codes: [], code: "target.gone", next: "Check the phone number id, and the room of the address." };
  return otherwise;
}

/** Meta names minutes in a usage header, and rarely a `Retry-After`. */
function waitOf(headers: Headers): number | undefined {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  if (seconds > 0) return seconds * 1000;
  const minutes = /"estimated_time_to_regain_access":\s*(\d{1,5})/.exec(headers.get("x-business-use-case-usage") ?? "")?.[1];
  return Number(minutes ?? 0) > 0 ? Number(minutes) * 60_000 : undefined;
}

function refusal(rule: Rule, words: string, { account, what, attempt = 1, template }: Failed): GatewayError {
  const next = rule.code === "window.closed" ? closedAdvice(template) : rule.next;
  const waits = rule.code === "rate.limited";
  return new GatewayError(rule.code, `whatsapp: number ${account}, ${what}: ${redact(words)}. ${next}`, {
    platform,
    account,
    retryable: rule.retry === "always" || (rule.retry === "once" && attempt === 1),
    ...(waits && rule.waitMs !== undefined ? { retryAfterMs: rule.waitMs } : {}),
    ...(waits && rule.whole ? { bucket: numberBucket(account) } : {}),
  });
}

/** What to say to a person who has not written for a day. */
function closedAdvice(template: Template | undefined): string {
  const use = template
    ? `native: { whatsapp: { type: "template", template: { name: "${template.name}", language: { code: "${template.language}" } } } }`
    : "a template of yours; name it in the option `template` and it stands here";
  return `They have not written for 24 hours, so only a template reaches them. Use ${use}.`;
}

function said(error: JsonObject): string {
  const details = text(object(error.error_data).details);
  const words = text(error.message) ?? text(error.title) ?? "refused";
  return details === undefined || words.includes(details)
    ? words.replace(/\.$/, "")
    : `${words.replace(/\.$/, "")}: ${details.replace(/\.$/, "")}`;
}

/** What the network threw. It may quote addresses, so only its short code is taken. */
export function unreachable(thrown: unknown, { account, what }: Failed): GatewayError {
  let code = "";
  for (let at: unknown = thrown, depth = 0; typeof at === "object" && at !== null && depth < 5; depth++) {
    if ("code" in at && typeof at.code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(at.code)) code = ` (${at.code})`;
    at = "cause" in at ? at.cause : undefined;
  }
  return new GatewayError(
    "network.failed",
    `whatsapp: number ${account} could not reach the Graph API for ${what}${code}. Check the network and \`apiUrl\`; it will be tried again.`,
    { platform, account, retryable: true },
  );
}
