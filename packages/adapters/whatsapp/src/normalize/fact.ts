import type { Event, EventKind, EventMap, FormValue, User } from "@devflow/gateway/contract";
import { isObject, type JsonObject } from "@devflow/gateway/kit";
import { readError } from "../errors.ts";
import type { Template } from "../options.ts";
import { id, number, object, objects, operationOf, present, readPress, text, timeOf } from "../wire/index.ts";
import { bodyOf, messageOf, sayable, type Frame } from "./message.ts";

/** What happened, without where, when and whose doing it was. */
export type Fact = { [K in EventKind]: { readonly kind: K } & EventMap[K] }[Event["kind"]];

const command = /^\/([A-Za-z][\w-]{0,31})(?=\s|$)/;

/** What one message means: exactly one thing. */
export function messageFact(message: JsonObject, frame: Frame): Fact {
  const type = text(message.type) ?? "unknown";
  return known(type, message, frame) ?? { kind: "platform.event", type: typeName(type, message) };
}

function known(type: string, message: JsonObject, frame: Frame): Fact | undefined {
  const body = object(message[type]);
  switch (type) {
    case "interactive":
      return interactiveFact(body, message);
    case "button":
      return pressFact(text(body.payload) ?? text(body.text), message);
    case "reaction": {
      const messageId = id(body.message_id);
      if (messageId === undefined) return undefined;
      // Meta does not say which emoji was taken back.
      const emoji = text(body.emoji);
      return emoji === undefined
        ? { kind: "reaction.removed", messageId, emoji: "" }
        : { kind: "reaction.added", messageId, emoji };
    }
    case "edit": {
      const original = id(body.original_message_id);
      const edited = object(body.message);
      if (original === undefined || !sayable.has(text(edited.type) ?? "")) return undefined;
      const { timestamp: _, ...rest } = message;
      const editedAt = timeOf(message.timestamp) ?? frame.receivedAt;
      return { kind: "message.edited", message: messageOf({ ...rest, ...edited }, { ...frame, id: original, editedAt }) };
    }
    case "revoke": {
      const original = id(body.original_message_id);
      return original === undefined ? undefined : { kind: "message.deleted", messageId: original };
    }
    default:
      return sayable.has(type) ? saidFact(message, frame) : undefined;
  }
}

function saidFact(message: JsonObject, frame: Frame): Fact {
  const words = bodyOf(message);
  const name = message.type === "text" && !frame.author.self ? command.exec(words)?.[1] : undefined;
  if (name === undefined) return { kind: "message.created", message: messageOf(message, frame) };
  return { kind: "command.invoked", command: name.toLowerCase(), args: words.slice(name.length + 1).trim(), messageId: frame.id };
}

function interactiveFact(body: JsonObject, message: JsonObject): Fact | undefined {
  if (body.type === "button_reply" || body.type === "list_reply") return pressFact(text(object(body[body.type]).id), message);
  return body.type === "nfm_reply" ? formFact(object(body.nfm_reply)) : undefined;
}

function pressFact(spelled: string | undefined, message: JsonObject): Fact | undefined {
  const press = spelled === undefined ? undefined : readPress(spelled);
  return press && present({ kind: "action.invoked", ...press, messageId: id(object(message.context).id) } as const);
}

/** A completed flow: its answers come as JSON in a text, among them the token that it was sent with. */
function formFact({ name, response_json }: JsonObject): Fact | undefined {
  let answers: unknown;
  try {
    answers = JSON.parse(text(response_json) ?? "");
  } catch {
    return undefined;
  }
  if (!isObject(answers)) return undefined;
  const { flow_token: token, ...fields } = answers;
  const values = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, formValue(value)]));
  return present({ kind: "form.submitted", form: text(name) ?? "flow", values, state: text(token) } as const);
}

function formValue(value: unknown): FormValue {
  if (value === null || typeof value === "string") return value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  return JSON.stringify(value);
}

function typeName(type: string, message: JsonObject): string {
  const kind = text(object(message[type]).type);
  return type === "system" && kind !== undefined ? `system.${kind}` : type;
}

/** What became of a message of ours. A voice message that was played was read before. */
export function statusFact(status: JsonObject, account: string, template: Template | undefined): Fact {
  const messageId = id(status.id);
  const word = status.status === "played" ? "read" : status.status;
  if (messageId === undefined || (word !== "sent" && word !== "delivered" && word !== "read" && word !== "failed")) {
    return { kind: "platform.event", type: `status.${text(status.status) ?? "unknown"}` };
  }
  const [failure] = objects(status.errors);
  const error = failure && word === "failed" ? readError(failure, { account, what: "a message", template }) : undefined;
  return present({
    kind: "receipt.updated",
    messageId,
    status: word,
    operation: operationOf(status.biz_opaque_callback_data),
    error: error && { code: error.code, message: error.message },
  } as const);
}

/** Who came into a group and who went; anything else about a group has no name here. */
export function groupFacts(group: JsonObject, field: string, person: (participant: JsonObject) => User): readonly Fact[] {
  const came = objects(group.added_participants).map((one) => ({ kind: "member.joined", member: person(one) }) as const);
  const went = objects(group.removed_participants).map((one) => ({ kind: "member.left", member: person(one) }) as const);
  const facts = [...came, ...went].filter(({ member }) => member.id !== "");
  return facts.length > 0 ? facts : [{ kind: "platform.event", type: text(group.type) ?? field }];
}

/** A change that is about the account, or of a field without a name here. */
export function changeFact(field: string, value: JsonObject): Fact {
  const [error] = objects(value.errors);
  const code = error && number(error.code);
  return { kind: "platform.event", type: code === undefined ? field : `${field}.error` };
}
