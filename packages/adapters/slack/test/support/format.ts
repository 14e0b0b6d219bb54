import type { Address, Content, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { slack } from "../../src/index.ts";

const { formatter } = slack();
export const room: Address = { platform: "slack", account: "T0001", room: "C0001" };
export const thread: Address = { ...room, thread: "1.000100" };

export const draft = (content: string | Content, rest: Partial<PreparedDraft> = {}): PreparedDraft => ({
  attachments: [],
  ...rest,
  content: typeof content === "string" ? parseMarkdown(content) : content,
});
export const format = (operation: Operation, to = room) =>
  formatter.format(operation, to) as {
    method: string;
    args: Record<string, unknown>;
    exact?: { args: Record<string, unknown>; needed: boolean };
  };
export const post = (what: string | Content, rest: Partial<PreparedDraft> = {}, to = room) =>
  format({ kind: "message.post", draft: draft(what, rest) }, to);
