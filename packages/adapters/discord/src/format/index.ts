import type { Address, Body, Content, Formatter, Inline, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { GatewayError, isObject, mapInlines } from "@devflow/gateway/kit";
import { platform } from "../options.ts";
import { flags, number, objects, object, type DiscordBody, type MessagePayload } from "../wire/index.ts";
import { pressable, takeCard, textDisplay, type Component } from "./components.ts";
import { toModal } from "./form.ts";
import { mentionToken, renderInline } from "./line.ts";
import { renderMarkdown } from "./markdown.ts";

/** Most people, and most roles, that one message may ping. Source: Discord's reference, "Allowed Mentions". */
const pingLimit = 100;

/** Turns operations into requests of the HTTP API. */
export const formatter: Formatter = {
  measure: (content) => renderMarkdown(pressable(content).content, { broadcast: true }).length,
  format: (operation, to) => ({ ...toBody(operation, to) }) satisfies Body,
};

function toBody(operation: Operation, to: Address): DiscordBody {
  switch (operation.kind) {
    case "message.post":
      return post(operation.draft, to);
    case "message.edit":
      return { type: "edit", message: edited(operation.draft, to) };
    case "message.delete":
      return { type: "call", method: "DELETE", path: "/channels/{channel}/messages/{message}" };
    case "reaction.add":
      return { type: "call", method: "PUT", path: reactionPath(operation.emoji) };
    case "reaction.remove":
      return { type: "call", method: "DELETE", path: reactionPath(operation.emoji) };
    case "typing.start":
      return { type: "call", method: "POST", path: "/channels/{channel}/typing" };
    case "form.open":
      return { type: "modal", trigger: operation.trigger, modal: toModal(operation.form, to.account) };
    default:
      throw new GatewayError("operation.unsupported", "discord: there are no native streams; the core makes them of edits.", {
        platform,
        account: to.account,
      });
  }
}

/** A custom emoji is `name:id`, also where it came with its brackets or as an animated one. */
function reactionPath(emoji: string): string {
  const custom = /^<?(?:a?:)?(\w{1,32}:\d{1,20})>?$/.exec(emoji)?.[1];
  return `/channels/{channel}/messages/{message}/reactions/${encodeURIComponent(custom ?? emoji)}/@me`;
}

function post(draft: PreparedDraft, to: Address): DiscordBody {
  const { thread, ...native } = nativeOf(draft);
  const message = says(draft, native);
  if (isEmpty(message) && draft.attachments.length === 0) throw nothing(to);
  return {
    type: "post",
    message,
    ...(draft.replyTo ? { replyTo: draft.replyTo } : {}),
    ...(draft.onlyFor ? { onlyFor: draft.onlyFor } : {}),
    ...(isObject(thread) ? { thread } : {}),
  };
}

/** An edit shows the draft and nothing of what was there before, cards and buttons included. Files stay unless there are new ones. */
function edited(draft: PreparedDraft, to: Address): MessagePayload {
  const { thread: _, ...native } = nativeOf(draft);
  const message = says(draft, native);
  if (isEmpty(message) && draft.attachments.length === 0) throw nothing(to);
  const v2 = ((number(message["flags"]) ?? 0) & flags.componentsV2) !== 0;
  return v2 ? message : { content: "", embeds: [], components: [], ...message };
}

function nativeOf(draft: PreparedDraft): Readonly<Record<string, unknown>> {
  return draft.native?.[platform] ?? {};
}

/** The payload that all ways of sending share. Nobody is pinged whom the content does not name. */
function says(draft: PreparedDraft, native: Readonly<Record<string, unknown>>): MessagePayload {
  const options = { broadcast: draft.broadcast === true };
  const parts = pressable(draft.content);
  const { content, embeds } = takeCard(parts.content, (value) => renderInline(value, options));
  const text = renderMarkdown(content, options);
  const set = (number(native["flags"]) ?? 0) | (draft.silent === true ? flags.silent : 0);
  const common = { allowed_mentions: allowedMentions(draft.content, options.broadcast), ...(set === 0 ? {} : { flags: set }) };
  if ((set & flags.componentsV2) !== 0) return { ...native, ...common, components: layered(text, native, parts.rows) };
  return {
    ...(text === "" ? {} : { content: text }),
    ...(embeds.length === 0 ? {} : { embeds }),
    ...(parts.rows.length === 0 ? {} : { components: parts.rows }),
    allowed_mentions: common.allowed_mentions,
    ...native,
    ...(set === 0 ? {} : { flags: set }),
  };
}

/** A message of components has no text of its own: ours goes before the given ones, our buttons after them. */
function layered(text: string, native: Readonly<Record<string, unknown>>, rows: readonly Component[]): readonly Component[] {
  return [...(text === "" ? [] : [textDisplay(text)]), ...objects(native["components"]), ...rows];
}

/** Pings are the content's mentions, and no text that looks like one. */
function allowedMentions(content: Content, broadcast: boolean): Component {
  const users = new Set<string>();
  const roles = new Set<string>();
  let everyone = false;
  mapInlines(content, (node: Inline) => {
    if (node.type !== "mention" || mentionToken(node, { broadcast }) === undefined) return [node];
    if (node.target === "user") users.add(node.id);
    if (node.target === "group") roles.add(node.id);
    everyone ||= node.target === "room";
    return [node];
  });
  const few = (ids: ReadonlySet<string>): readonly string[] => [...ids].slice(0, pingLimit);
  return { parse: everyone ? ["everyone"] : [], users: few(users), roles: few(roles), replied_user: false };
}

function isEmpty(message: MessagePayload): boolean {
  const { content, embeds, components, poll, sticker_ids: stickers } = object(message);
  return !content && !poll && ![embeds, components, stickers].some((part) => Array.isArray(part) && part.length > 0);
}

function nothing(to: Address): GatewayError {
  return new GatewayError("content.rejected", "discord: the message says nothing. Give it text or an attachment.", {
    platform,
    account: to.account,
  });
}
