import type { Envelope, Event, FormValue } from "@devflow/gateway/contract";
import { plainText, type JsonObject } from "@devflow/gateway/kit";
import { nameOfAction, number, readOrigin, record, records, text, texts, timestampMs } from "../wire/index.ts";
import { event, type Origins } from "./event.ts";
import { presserOf, selfOf } from "./person.ts";
import { conversationOf, placeOfCommand, placeOfInteraction } from "./place.ts";
import { readRichText } from "./rich-text.ts";

type Common = Omit<Envelope, "kind" | "platform">;

/** Reads a slash command. */
export function readCommand(command: JsonObject, origins: Origins): readonly Event[] {
  const common: Common = {
    id: origins.id,
    account: origins.account,
    at: origins.receivedAt,
    conversation: conversationOf({ ...placeOfCommand(command), account: origins.account }),
    actor: presserOf(command, selfOf(command, origins.identity)),
    raw: command,
  };
  const name = text(command["command"])?.replace(/^\//, "");
  if (name === undefined) return [event("platform.event", common, { type: "command" })];
  const args = (text(command["text"]) ?? "").trim();
  return [event("command.invoked", common, { command: name, args, ...triggerOf(command) })];
}

/** Reads what somebody did with a block, a shortcut or a view. Several actions in one payload become several events. */
export function readInteraction(payload: JsonObject, origins: Origins): readonly Event[] {
  const type = text(payload["type"]) ?? "unknown";
  const common: Common = {
    id: origins.id,
    account: origins.account,
    at: timestampMs(payload["action_ts"]) ?? timestampMs(records(payload["actions"])[0]?.["action_ts"]) ?? origins.receivedAt,
    conversation: conversationOf({ ...placeOfInteraction(payload, origins.replyInThread), account: origins.account }),
    actor: presserOf(payload, selfOf(payload, origins.identity)),
    raw: payload,
  };
  const events = Object.hasOwn(readers, type) ? (readers[type]?.(payload, common) ?? []) : [];
  return events.length > 0 ? events : [event("platform.event", common, { type })];
}

const readers: Readonly<Record<string, (payload: JsonObject, common: Common) => readonly Event[]>> = {
  block_actions: readActions,
  interactive_message: readActions,
  view_submission: readView,
  dialog_submission: readDialog,
  block_suggestion: (payload, common) => {
    const form = text(record(payload["view"])["callback_id"]);
    const field = nameOfAction(text(payload["action_id"]) ?? "");
    return [
      event("options.requested", common, { field, query: text(payload["value"]) ?? "", ...(form === undefined ? {} : { form }) }),
    ];
  },
};

function readActions(payload: JsonObject, common: Common): readonly Event[] {
  const message =
    text(record(payload["message"])["ts"]) ?? text(record(payload["container"])["message_ts"]) ?? text(payload["message_ts"]);
  const named = records(payload["actions"]).filter((action) => idOf(action) !== undefined);
  return named.map((action, index) => {
    const found = valueOf(action);
    const many = Array.isArray(found) ? found : undefined;
    const value = many === undefined ? found : many[0];
    return event("action.invoked", index === 0 ? common : { ...common, id: `${common.id}#${index}` }, {
      action: nameOfAction(idOf(action) ?? ""),
      ...(typeof value === "string" && { value }),
      ...(many && { values: many }),
      ...(message === undefined ? {} : { messageId: message }),
      ...triggerOf(payload),
    });
  });
}

/** Actions of the older attachments have a name instead of an id. */
function idOf(action: JsonObject): string | undefined {
  return text(action["action_id"]) ?? text(action["name"]);
}

function readView(payload: JsonObject, common: Common): readonly Event[] {
  const view = record(payload["view"]);
  const blocks = Object.entries(record(record(view["state"])["values"]));
  const values = Object.fromEntries(blocks.map(([block, inputs]) => [block, valueOf(record(Object.values(record(inputs))[0]))]));
  const metadata = text(view["private_metadata"]);
  const origin = readOrigin(metadata);
  const state = origin === undefined ? metadata : origin.state;
  return [
    event("form.submitted", common, { form: text(view["callback_id"]) ?? "", values, ...(state === undefined ? {} : { state }) }),
  ];
}

/** Dialogs are the forms before views; Slack still sends them to apps that open them. */
function readDialog(payload: JsonObject, common: Common): readonly Event[] {
  const fields = Object.entries(record(payload["submission"]));
  const values = Object.fromEntries(fields.map(([name, value]) => [name, typeof value === "string" ? value : null]));
  const state = text(payload["state"]);
  return [
    event("form.submitted", common, {
      form: text(payload["callback_id"]) ?? "",
      values,
      ...(state === undefined ? {} : { state }),
    }),
  ];
}

const single = ["value", "selected_user", "selected_channel", "selected_conversation", "selected_date", "selected_time"] as const;
const several = ["selected_users", "selected_channels", "selected_conversations"] as const;

/** What was entered or chosen, whatever the kind of element. */
function valueOf(element: JsonObject): FormValue {
  if (Array.isArray(element["selected_options"]))
    return records(element["selected_options"]).flatMap((one) => text(one["value"]) ?? []);
  for (const key of several) if (Array.isArray(element[key])) return texts(element[key]);
  if (Array.isArray(element["files"])) return records(element["files"]).flatMap((file) => text(file["id"]) ?? []);
  const option = text(record(element["selected_option"])["value"]);
  if (option !== undefined) return option;
  for (const key of single) if (text(element[key]) !== undefined) return String(element[key]);
  const seconds = number(element["selected_date_time"]);
  if (seconds !== undefined) return String(seconds);
  const rich = record(element["rich_text_value"]);
  return rich["elements"] === undefined ? null : plainText(readRichText(rich));
}

function triggerOf(payload: JsonObject): { readonly trigger?: string } {
  const trigger = text(payload["trigger_id"]);
  return trigger === undefined ? {} : { trigger };
}
