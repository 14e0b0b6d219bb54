import { GatewayError, isGatewayError, redact, type ErrorCode } from "@devflow/gateway/kit";
import { globalKey } from "./limits.ts";
import { platform } from "./options.ts";
import { object, text } from "./wire/index.ts";

/** An answer of the API that says no, recognised by shape: the client may come from another copy of the SDK. */
export interface Refusal {
  readonly code: number;
  readonly status: number;
  readonly rawError: unknown;
}

/** What the API refused, if that is what the SDK threw. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (isGatewayError(error)) return refusalOf(error.cause);
  if (typeof error !== "object" || error === null || !("rawError" in error) || !("status" in error)) return undefined;
  const { code, status, rawError } = error as { code?: unknown; status: unknown; rawError: unknown };
  return typeof status === "number" ? { code: typeof code === "number" ? code : 0, status, rawError } : undefined;
}

interface Rule {
  readonly codes: readonly number[];
  readonly code: ErrorCode;
  readonly next: string;
  readonly retryAfterMs?: number;
}

/** Source: Discord's reference, "JSON Error Codes". */
const rules: readonly Rule[] = [
  {
    codes: [20016, 20028, 20029, 40003, 40062, 30046],
    code: "rate.limited",
    next: "It will be tried again.",
    retryAfterMs: 5_000,
  },
  { codes: [130000, 110000], code: "platform.failed", next: "It will be tried again.", retryAfterMs: 5_000 },
  {
    codes: [10003, 10004, 10008, 10013],
    code: "target.gone",
    next: "The channel, message or person is deleted, or the bot is not there.",
  },
  {
    codes: [50007, 50278],
    code: "target.gone",
    next: "This person takes no direct messages from the bot, or shares no server with it.",
  },
  { codes: [50083, 160005], code: "target.gone", next: "The thread is locked or archived." },
  {
    codes: [10015, 10062, 40060, 40094, 50027],
    code: "window.closed",
    next: "An interaction is answered within 3 seconds and for 15 minutes.",
  },
  {
    codes: [40005, 50006, 50035, 30010, 10014, 200000, 200001, 240000],
    code: "content.rejected",
    next: "Change the message; it would be refused again as it is.",
  },
  {
    codes: [50001, 50013, 90001, 160002, 160006],
    code: "operation.rejected",
    next: "Give the bot the permission in the server's settings.",
  },
  { codes: [40001, 50014], code: "auth.failed", next: "Reset the token in the developer portal and replace DISCORD_BOT_TOKEN." },
];

/** Where a call failed. `path` may hold a token, so it is none of this. */
export interface Failed {
  readonly account: string;
  /** What was to be done, in a word. */
  readonly doing: string;
}

/** What the SDK or the network threw, as this project's error. Its message never holds a token. */
export function asGatewayError(error: unknown, failed: Failed): GatewayError {
  if (isGatewayError(error)) return error;
  const limited = limitOf(error);
  if (limited) return tooFast(limited, failed);
  const refusal = refusalOf(error);
  if (refusal) return refused(refusal, failed);
  const { account, doing } = failed;
  const about = { platform, account, retryable: true };
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
  if (typeof status === "number" && status < 500 && status >= 400) return refused({ code: 0, status, rawError: {} }, failed);
  if (typeof status === "number") {
    const said = `discord: application ${account}, ${doing}: Discord answered ${status}. It will be tried again.`;
    return new GatewayError("platform.failed", said, about);
  }
  const said = `discord: application ${account} could not reach Discord for ${doing}${networkCode(error)}. Check the network and \`apiUrl\`; it will be tried again.`;
  return new GatewayError("network.failed", said, about);
}

interface Limit {
  readonly retryAfter: number;
  readonly global: boolean;
}

function limitOf(error: unknown): Limit | undefined {
  if (typeof error !== "object" || error === null || !("retryAfter" in error) || !("timeToReset" in error)) return undefined;
  const { retryAfter, global } = error as { retryAfter: unknown; global?: unknown };
  return { retryAfter: typeof retryAfter === "number" ? retryAfter : 0, global: global === true };
}

function tooFast({ retryAfter, global }: Limit, { account, doing }: Failed): GatewayError {
  // A limit without a time is none of the API's: its firewall's, which is best left alone for a while.
  const retryAfterMs = retryAfter > 0 ? Math.ceil(retryAfter) : 10_000;
  const said = `discord: application ${account}, ${doing}: Discord asks to wait ${Math.ceil(retryAfterMs / 1000)} s.`;
  const about = { platform, account, retryable: true, retryAfterMs };
  return new GatewayError("rate.limited", said, global ? { ...about, bucket: globalKey(account) } : about);
}

function refused(refusal: Refusal, { account, doing }: Failed): GatewayError {
  const { code, status, rawError } = refusal;
  const rule = rules.find(({ codes }) => codes.includes(code)) ?? general(status);
  const said = `discord: application ${account}, ${doing}: ${detailOf(rawError)} (${code === 0 ? status : code}). ${rule.next}`;
  return new GatewayError(rule.code, redact(said), {
    platform,
    account,
    retryable: rule.retryAfterMs !== undefined || status >= 500,
    ...(rule.retryAfterMs === undefined ? {} : { retryAfterMs: rule.retryAfterMs }),
    cause: { rawError: { code }, status, code },
  });
}

function general(status: number): Omit<Rule, "codes"> {
  if (status === 401)
    return { code: "auth.failed", next: "Discord does not know the token. Reset it and replace DISCORD_BOT_TOKEN." };
  if (status === 404) return { code: "target.gone", next: "Check the address." };
  if (status === 413) return { code: "content.rejected", next: "The files are too large for this server." };
  if (status >= 500) return { code: "platform.failed", next: "It will be tried again." };
  return { code: "operation.rejected", next: "Discord refuses it for good." };
}

/** The message with the paths of what is wrong in the form, which is what tells a reader what to change. */
function detailOf(rawError: unknown): string {
  const { message, errors } = object(rawError);
  const said = text(message) ?? "no reason given";
  const wrong = wrongIn(errors, "").slice(0, 5);
  return `${said}${wrong.length > 0 ? `: ${wrong.join("; ")}` : ""}`.replace(/\.$/, "").slice(0, 500);
}

function wrongIn(node: unknown, path: string): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, inner]: [string, unknown]): readonly string[] => {
    if (name !== "_errors" || !Array.isArray(inner)) return wrongIn(inner, path === "" ? name : `${path}.${name}`);
    return inner.map((one: unknown) => `${path}: ${text(object(one)["message"]) ?? "wrong"}`);
  });
}

/** The short code of a network failure, such as ` (ECONNREFUSED)`, from wherever the layers below put it. */
function networkCode(error: unknown): string {
  let found = error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : undefined;
  for (let at: unknown = error, depth = 0; typeof at === "object" && at !== null && depth < 5; depth++) {
    if ("code" in at && typeof at.code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(at.code)) found = at.code;
    at = "cause" in at ? at.cause : undefined;
  }
  return found === undefined ? "" : ` (${found})`;
}
