import type { Address, Body, Content, Formatter, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { emojiName, type SlackCall } from "../wire/index.ts";
import { needsBlocks, toBlocks, type KitBlock } from "./blocks.ts";
import { toView } from "./form.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderMrkdwn } from "./mrkdwn.ts";
import { needsEdit, streamText } from "./stream.ts";

/** Turns operations into calls of the Web API. */
export function createFormatter(): Formatter {
  return {
    measure: (content) => renderMrkdwn(content).length,
    format: (operation, to) => ({ ...toCall(operation, to) }) satisfies Body,
  };
}

function toCall(operation: Operation, to: Address): SlackCall {
  const channel = to.room;
  switch (operation.kind) {
    case "message.post":
      return post(operation.draft, to);
    case "message.edit":
      return { method: "chat.update", args: { channel, ...edited(operation.draft, to) } };
    case "message.delete":
      return { method: "chat.delete", args: { channel } };
    case "reaction.add":
      return { method: "reactions.add", args: { channel, name: emojiName(operation.emoji) } };
    case "reaction.remove":
      return { method: "reactions.remove", args: { channel, name: emojiName(operation.emoji) } };
    case "stream.begin":
      return begin(operation.text, operation.recipient, to);
    case "stream.append": {
      const before = operation.full.slice(0, operation.full.length - operation.text.length);
      return { method: "chat.appendStream", args: { channel, markdown_text: streamText(operation.text, before) } };
    }
    case "stream.end":
      return end(operation, to);
    case "form.open":
      return { method: "views.open", args: { trigger_id: operation.trigger, view: toView(operation.form, to) } };
    default:
      throw new GatewayError("operation.unsupported", `slack: bots have no ${operation.kind}.`, {
        platform: "slack",
        account: to.account,
      });
  }
}

function post(draft: PreparedDraft, to: Address): SlackCall {
  // Slack refuses an empty `thread_ts`.
  const thread = to.thread || draft.replyTo;
  const threaded = thread ? { thread_ts: thread } : {};
  if (draft.attachments.length > 0) return upload(draft, to, threaded);
  const said = says(draft, to);
  const native = draft.native?.["slack"];
  if (draft.onlyFor) {
    return { method: "chat.postEphemeral", args: { channel: to.room, user: draft.onlyFor, ...threaded, ...said, ...native } };
  }
  const args = { channel: to.room, ...threaded, ...said, unfurl_links: false, unfurl_media: false, ...native };
  return { method: "chat.postMessage", args };
}

/** The sender puts the files themselves in. */
function upload(draft: PreparedDraft, to: Address, threaded: { readonly thread_ts?: string }): SlackCall {
  if (draft.onlyFor) {
    throw new GatewayError(
      "operation.unsupported",
      "slack: a file cannot be shown to one person alone. Send it to them directly.",
      {
        platform: "slack",
        account: to.account,
      },
    );
  }
  const comment = textOf(draft.content, draft);
  const args = {
    channel_id: to.room,
    ...threaded,
    ...(comment === "" ? {} : { initial_comment: comment }),
    ...draft.native?.["slack"],
  };
  return { method: "files.completeUploadExternal", args };
}

/** Text, and blocks where the draft has more than text; the text is then what notifications and screen readers show. */
function says(draft: PreparedDraft, to: Address): { readonly text: string; readonly blocks?: readonly KitBlock[] } {
  const text = textOf(draft.content, draft);
  const blocks = needsBlocks(draft.content) ? toBlocks(draft.content, optionsOf(draft)) : [];
  if (text.trim() === "" && blocks.length === 0) {
    throw new GatewayError("content.rejected", "slack: the message says nothing. Give it text or an attachment.", {
      platform: "slack",
      account: to.account,
    });
  }
  return { text, ...(blocks.length > 0 && { blocks }) };
}

/** An edit shows the draft and nothing of what was there before, blocks included. */
function edited(draft: PreparedDraft, to: Address): Readonly<Record<string, unknown>> {
  // Unlike a post, an edit looks for names and channels in its text unless it is told not to.
  return { blocks: [], ...says(draft, to), parse: "none", ...draft.native?.["slack"] };
}

function textOf(content: Content, draft: PreparedDraft): string {
  return renderMrkdwn(
    content.filter((block) => block.type !== "actions"),
    optionsOf(draft),
  );
}

function optionsOf(draft: PreparedDraft): { readonly broadcast: boolean } {
  return { broadcast: draft.broadcast === true };
}

function begin(text: string, recipient: string | undefined, to: Address): SlackCall {
  const { room, thread, account } = to;
  const reader = recipient === undefined ? {} : { recipient_user_id: recipient, recipient_team_id: account };
  return {
    method: "chat.startStream",
    args: { channel: room, thread_ts: thread, ...reader, markdown_text: streamText(text, "") },
  };
}

function end(operation: Operation<"stream.end">, to: Address): SlackCall {
  const { draft, text, resumed = false } = operation;
  const channel = to.room;
  const rest = resumed || text === "" ? {} : { markdown_text: streamText(text, "<") };
  const actions = draft.content.filter((block) => block.type === "actions");
  const blocks = actions.length === 0 ? {} : { blocks: toBlocks(actions, optionsOf(draft)) };
  const args = { channel, ...rest, ...blocks };
  const whole = settled(draft, to);
  if (whole === undefined) return { method: "chat.stopStream", args };
  return {
    method: "chat.stopStream",
    args,
    exact: { args: { channel, ...whole }, needed: resumed || needsEdit(draft.content) },
  };
}

/** The message of a stream at its end, in Markdown as it was streamed, unless there is more to it than text. */
function settled(draft: PreparedDraft, to: Address): Readonly<Record<string, unknown>> | undefined {
  if (needsBlocks(draft.content)) return edited(draft, to);
  const markdown = renderMarkdown(draft.content, optionsOf(draft));
  return markdown.trim() === "" ? undefined : { markdown_text: markdown };
}
