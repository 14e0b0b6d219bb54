import type { Address } from "@devflow/gateway/contract";
import { GatewayError, redact, type ErrorCode } from "@devflow/gateway/kit";
import { platform } from "./options.ts";

/** An `ok: false` of the Bot API, recognised by shape: the client may come from another copy of the SDK. */
export interface ApiFailure {
  readonly errorCode: number;
  readonly description: string;
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
}

/** Where and on which attempt a call failed. */
export interface Failed {
  readonly account: string;
  readonly method: string;
  readonly to?: Address;
  /** 1 on the first attempt. */
  readonly attempt?: number;
}

/** The API's refusal, if that is what the SDK threw. */
export function apiFailure(error: unknown): ApiFailure | undefined {
  if (typeof error !== "object" || error === null || !("errorCode" in error) || !("description" in error)) return undefined;
  return typeof error.errorCode === "number" && typeof error.description === "string" ? (error as ApiFailure) : undefined;
}

interface Rule {
  readonly test: RegExp;
  readonly code: ErrorCode;
  readonly next: string;
  /** `once`: worth a second attempt and no third. */
  readonly retry?: "once";
}

/**
 * Texts of refusals, most telling first. Telegram's descriptions are no contract, so each rule matches a part of one, in any
 * case. Permission failures with an UPPER_CASE name arrive as 400 and not as 403.
 */
const rules: readonly Rule[] = [
  { test: /query is too old|query_id_invalid/i, code: "window.closed", next: "A pressed button must be answered at once." },
  {
    test: /blocked by the user|user is deactivated|USER_IS_BLOCKED|INPUT_USER_DEACTIVATED/i,
    code: "target.gone",
    next: "Nothing reaches this person until they start the bot again.",
  },
  {
    test: /bot was kicked|not a member|group chat was deleted|CHANNEL_PRIVATE/i,
    code: "target.gone",
    next: "Add the bot to the chat again, or forget the address.",
  },
  {
    test: /can't initiate conversation|have no access to the user|bot can't send messages to bots|bots can't send messages to bots/i,
    code: "target.gone",
    next: "A person must write to the bot first; send them its t.me link.",
  },
  {
    test: /chat not found|PEER_ID_INVALID|CHAT_ID_INVALID|user not found/i,
    code: "target.gone",
    next: "Check the room of the address, and that the bot is in that chat.",
  },
  {
    test: /message thread not found|TOPIC_(CLOSED|DELETED|ID_INVALID)|topic.* not found/i,
    code: "target.gone",
    next: "The topic is closed or deleted; leave `thread` out to write to the chat itself.",
  },
  {
    test: /not enough rights|need administrator rights|have no rights|CHAT_(WRITE|SEND_[A-Z]+)_FORBIDDEN|CHAT_ADMIN_REQUIRED|CHAT_RESTRICTED|RIGHT_FORBIDDEN/i,
    code: "operation.rejected",
    next: "Give the bot the right to do this in the chat's settings.",
  },
  {
    test: /message to (edit|react|be replied|reply|forward) not found|replied message not found|MESSAGE_ID_INVALID/i,
    code: "target.gone",
    next: "The message is deleted, or its id belongs to another chat.",
  },
  {
    test: /can't be (edited|deleted)/i,
    code: "window.closed",
    next: "Telegram lets a bot delete for 48 hours, and edit its own messages alone.",
  },
  {
    test: /failed to get HTTP URL content|wrong file_id or the file is temporarily unavailable/i,
    code: "operation.rejected",
    next: "Telegram could not fetch the file; attach its bytes instead.",
    retry: "once",
  },
  {
    test: /wrong type of the web page content|WEBPAGE_(CURL|MEDIA)|wrong (remote )?file|file of (size|type)|file must be non-empty|file is too big|PHOTO_|IMAGE_PROCESS|VIDEO_|EXTERNAL_URL_INVALID/i,
    code: "content.rejected",
    next: "Telegram does not take this file; mind its size (photos 10 MB, others 50 MB) and its type.",
  },
  {
    test: /can't parse entities|message is too long|caption is too long|MESSAGE_TOO_LONG|text is empty|caption is empty|text must be non-empty|BUTTON_|reply markup is too long|REACTION_INVALID|wrong HTTP URL|URL_INVALID|REPLY_MARKUP/i,
    code: "content.rejected",
    next: "Change the message; it would be refused again as it is.",
  },
  { test: /method not found|METHOD_INVALID/i, code: "operation.unsupported", next: "This Bot API server is too old for it." },
];

/** What the SDK or the network threw, as this project's error. Its message never holds the token. */
export function readError(error: unknown, failed: Failed): GatewayError {
  const failure = apiFailure(error);
  if (failure) return readFailure(failure, failed);
  const about = { platform, account: failed.account };
  const status = answeredStatus(error);
  if (status !== undefined) {
    return new GatewayError(
      "platform.failed",
      `telegram: bot ${failed.account}, ${failed.method}: the Bot API answered ${status}. It will be tried again.`,
      { ...about, retryable: true },
    );
  }
  return new GatewayError(
    "network.failed",
    `telegram: bot ${failed.account} could not reach the Bot API for ${failed.method}${networkCode(error)}. Check the network and \`apiUrl\`; it will be tried again.`,
    { ...about, retryable: true },
  );
}

/**
 * What the server answered when it was no answer of the Bot API: an error page, say of a proxy. The SDK's messages and causes
 * may quote the address of the call, which has the token in it, so nothing but this is taken from them.
 */
function answeredStatus(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const status = /^Server error (\d{3}) /.exec(error.message)?.[1];
  if (status !== undefined) return status;
  return error.code === "ETELEGRAM" || error.code === "EPARSE" ? "something that is not its own" : undefined;
}

function readFailure(failure: ApiFailure, failed: Failed): GatewayError {
  const { errorCode, parameters } = failure;
  const said = redact(failure.description);
  const { account, method, to } = failed;
  const about = { platform, account };
  const who = `telegram: bot ${account}, ${method}`;
  const moved = parameters?.migrate_to_chat_id;
  if (moved !== undefined && to) {
    const { thread: _, route: __, ...base } = to;
    return new GatewayError(
      "target.moved",
      `${who}: the group became a supergroup with the id ${moved}. Later messages go there.`,
      {
        ...about,
        retryable: true,
        movedTo: { ...base, room: String(moved) },
      },
    );
  }
  if (errorCode === 429) {
    const retryAfterMs = Math.max(1, parameters?.retry_after ?? 1) * 1000;
    return new GatewayError("rate.limited", `${who}: Telegram asks to wait ${retryAfterMs / 1000} s.`, {
      ...about,
      retryable: true,
      retryAfterMs,
    });
  }
  if (errorCode === 409) return conflict(said, about);
  const notFound = errorCode === 404 && /^not found$/i.test(said.trim());
  if (errorCode === 401 || notFound) {
    return new GatewayError(
      "auth.failed",
      `${who}: Telegram does not know the token. Get a new one from BotFather and replace TELEGRAM_BOT_TOKEN.`,
      about,
    );
  }
  if (errorCode >= 500) {
    return new GatewayError("platform.failed", `${who}: Telegram answered ${errorCode} ${said}. It will be tried again.`, {
      ...about,
      retryable: true,
    });
  }
  const rule = rules.find(({ test }) => test.test(said));
  const code = rule?.code ?? (errorCode === 403 ? "target.gone" : "operation.rejected");
  const retryable = rule?.retry === "once" && (failed.attempt ?? 1) === 1;
  return new GatewayError(code, `${who}: ${said}. ${rule?.next ?? "Telegram refuses it for good."}`, { ...about, retryable });
}

/** Two programs want the same bot's updates. It heals by itself when the other one ends, so it stays retryable. */
function conflict(said: string, about: { readonly platform: string; readonly account: string }): GatewayError {
  const next = /webhook/i.test(said)
    ? "A webhook is set for this bot: run setup without a public address to remove it, or use the webhook."
    : "Another program polls with the same token: stop it, or give it a bot of its own.";
  return new GatewayError("connection.conflict", `telegram: bot ${about.account} cannot poll. ${next}`, {
    ...about,
    retryable: true,
    retryAfterMs: 5_000,
  });
}

/** The short code of a network failure, such as ` (ECONNREFUSED)`, from wherever the layers below put it; else the error's name. */
function networkCode(error: unknown): string {
  let found = error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : undefined;
  for (let at: unknown = error, depth = 0; typeof at === "object" && at !== null && depth < 5; depth++) {
    if ("code" in at && typeof at.code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(at.code)) found = at.code;
    at = "cause" in at ? at.cause : undefined;
  }
  return found === undefined ? "" : ` (${found})`;
}

/** True when a refusal says that what was wanted is so already. */
export function isDoneAlready(failure: ApiFailure, kind: string, attempt: number): boolean {
  const said = failure.description;
  if (/message is not modified|MESSAGE_NOT_MODIFIED/i.test(said)) return true;
  if (kind !== "message.delete") return false;
  // A first attempt may have deleted it and lost the answer; then Telegram says that it cannot be deleted.
  return /message to delete not found/i.test(said) || (attempt > 1 && /can't be deleted/i.test(said));
}
