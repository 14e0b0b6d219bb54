import type { Address, Formatter, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { GatewayError, isObject, type ErrorCode } from "@devflow/gateway/kit";
import { roomKind } from "../capability.ts";
import type { WhatsAppBody, WhatsAppCall } from "../wire/index.ts";
import { measure, sayings } from "./interactive.ts";
import { mediaCall } from "./media.ts";
import { renderText } from "./text.ts";

/** Words of the Cloud API for each operation. Recipients and message ids are left to the sender. */
export const formatter: Formatter = { measure, format };

function format(operation: Operation, to: Address): WhatsAppBody {
  switch (operation.kind) {
    case "message.post":
      return post(operation.draft, to);
    case "reaction.add":
      return { calls: [{ type: "reaction", reaction: { emoji: operation.emoji } }], reaction: bare(operation.emoji) };
    case "reaction.remove":
      return { calls: [{ type: "reaction", reaction: { emoji: "" } }], reaction: bare(operation.emoji) };
    case "typing.start":
      return { calls: [{ status: "read", typing_indicator: { type: "text" } }] };
    default:
      throw rejected("operation.unsupported", `there is no ${operation.kind} here; say it with a new message`, to);
  }
}

/** An emoji with and without its selector is the same to people. */
function bare(emoji: string): string {
  return emoji.replaceAll("\u{FE0F}", "");
}

function post(draft: PreparedDraft, to: Address): WhatsAppBody {
  if (draft.onlyFor && (roomKind(to.room) === "group" || to.room !== draft.onlyFor)) {
    throw rejected("operation.unsupported", "only a person's own chat is for that person alone; send it there", to);
  }
  const native = draft.native?.whatsapp ?? {};
  const { calls, main } = typeof native.type === "string" ? { calls: [native], main: 0 } : composed(draft, to, native);
  const [first, ...rest] = calls;
  if (!first) throw rejected("content.rejected", "there is nothing to send", to);
  const quoted = draft.replyTo ? { ...first, context: { message_id: draft.replyTo } } : first;
  return { calls: [quoted, ...rest], ...(main > 0 ? { main } : {}) };
}

/** Text beside a file where it has room for one, else before it. */
function composed(
  draft: PreparedDraft,
  to: Address,
  native: WhatsAppCall,
): { readonly calls: readonly WhatsAppCall[]; readonly main: number } {
  const files = draft.attachments.map((attachment) => mediaCall(attachment, to.account));
  const caption = renderText(draft.content);
  const [file] = files;
  const beside = file?.field !== undefined && files.length === 1 && caption !== "" && !draft.content.some(isActions);
  if (beside)
    return {
      calls: [laidOver({ ...file.call, [file.field]: { ...(file.call[file.field] as object), caption } }, native)],
      main: 0,
    };
  const said = sayings(draft.content);
  const calls = [...said, ...files.map(({ call }) => call)];
  const main = Math.max(0, said.length - 1);
  return { calls: calls.map((call, at) => (at === main ? laidOver(call, native) : call)), main };
}

/** Fields of one kind join, so that `{ text: { preview_url: true } }` keeps the text. */
function laidOver(call: WhatsAppCall, native: WhatsAppCall): WhatsAppCall {
  const fields = Object.entries(native).map(([name, value]) => {
    const own = call[name];
    return [name, isObject(own) && isObject(value) ? { ...own, ...value } : value] as const;
  });
  return { ...call, ...Object.fromEntries(fields) };
}

function isActions({ type }: { readonly type: string }): boolean {
  return type === "actions";
}

function rejected(code: ErrorCode, what: string, to: Address): GatewayError {
  return new GatewayError(code, `whatsapp: ${what}.`, { platform: "whatsapp", account: to.account });
}
