import type {
  AdapterContext,
  Attachment,
  Button,
  Content,
  Delivery,
  Event,
  Question,
  Reception,
  Select,
} from "@devflow/gateway/contract";
import { fileOf, fold, type Backstage, type ShelfItem } from "../client/index.ts";
import { refusal } from "../errors.ts";
import { laneOf, normalizer } from "../normalize.ts";
import { account, type WebInput } from "../wire.ts";
import { inputId, optionalText, readJson, text, texts } from "./body.ts";
import { readForm } from "./form.ts";

/** A request of a page whose session is proven. */
export interface Ask {
  readonly request: Request;
  readonly room: string;
  readonly backstage: Backstage;
  readonly context: AdapterContext;
}

/** Most bytes of a JSON request. */
const maxJsonBytes = 256 * 1024;
/** Longest message, in UTF-16 units. Escaped as JSON it still fits a value of the store. */
const maxTextLength = 32_000;
/** Time for those who check a form or look up choices, while the person waits. */
const questionMs = 3_000;

const accepted = { status: 202, headers: { "content-type": "application/json" }, body: "{}" } as const;

/** The first look at the page: who greets people listens for `member.joined`. */
export function joined(room: string, at: number): Reception {
  return { deliveries: [deliver({ kind: "join", room, id: "join", at })] };
}

/** A message: into the transcript first, then to the sink. Both know its id, so a retry after any failure adds nothing. */
export async function readMessage({ request, room, backstage, context }: Ask): Promise<Reception> {
  const object = await readJson(request, maxJsonBytes);
  const id = inputId(object);
  const words = text(object, "text", maxTextLength);
  const replyTo = optionalText(object, "replyTo", 64);
  const files = await Promise.all(texts(object, "files", 10, 64).map((file) => found(file, room, backstage, context)));
  if (words.trim() === "" && files.length === 0) throw refusal("wire.malformed", "the message is empty.");
  const reply = replyTo === undefined ? {} : { replyTo };
  const shown = files.map(([file, item]) => fileOf(file, item));
  const entry = { kind: "message", id, from: "person", text: words, files: shown, ...reply } as const;
  const { at } = await backstage.transcript.append(room, `in/${id}`, entry, context);
  const attachments = files.map(([file, item]): Attachment => {
    const { kind, name, mediaType, bytes } = fileOf(file, item);
    return {
      kind,
      source: { type: "stored", key: item.key },
      name: name ?? "file",
      mediaType: mediaType ?? "",
      bytes: bytes ?? 0,
    };
  });
  return { deliveries: [deliver({ kind: "message", room, id, at, text: words, attachments, ...reply })], response: accepted };
}

async function found(file: string, room: string, { shelf }: Backstage, context: AdapterContext): Promise<[string, ShelfItem]> {
  const item = await shelf.get(room, file, context);
  if (item !== undefined) return [file, item];
  throw refusal("target.gone", "a file of this message is no longer here. Attach it again.");
}

/** A button or select. Its value is taken from the message, not from the page, so nobody presses what was not offered. */
export async function readAction({ request, room, backstage, context }: Ask): Promise<Reception> {
  const object = await readJson(request, maxJsonBytes);
  const id = inputId(object);
  const messageId = text(object, "messageId", 64);
  const name = text(object, "action", 1_000);
  const chosen = texts(object, "values", 200, 4_000);
  const message = fold(await backstage.transcript.all(room, context)).get(messageId);
  const action = offered(message?.content ?? [], name, object["index"]);
  if (action === undefined) throw refusal("target.gone", "this choice is no longer offered.");
  const input = { kind: "action", room, id, at: context.clock.now(), action: name, messageId } as const;
  if (action.kind === "button") {
    return { deliveries: [deliver(action.value === undefined ? input : { ...input, value: action.value })], response: accepted };
  }
  const values = pick(action, chosen);
  const [value] = values;
  const choice = action.multiple === true ? { values } : {};
  return { deliveries: [deliver({ ...input, ...(value === undefined ? {} : { value }), ...choice })], response: accepted };
}

function pick(select: Select, chosen: readonly string[]): readonly string[] {
  const known = new Set(select.options.map((option) => option.value));
  const values = select.dynamic === true ? chosen : chosen.filter((value) => known.has(value));
  if (values.length === 0 && select.multiple !== true) throw refusal("target.gone", "this choice is no longer offered.");
  return select.multiple === true ? values : values.slice(0, 1);
}

/** The button or select of that name, at that place among those of its block: several may share a name. */
function offered(content: Content, name: string, index: unknown): Button | Select | undefined {
  const rows = content.map((block) => (block.type === "actions" ? block.items.filter((item) => item.kind !== "link") : []));
  const placed = typeof index === "number" ? rows.map((row) => row[index]) : [];
  return [...placed, ...rows.flat()].find((item) => item?.id === name);
}

/** Enough of a growing message: whoever writes it hears so with the next words. */
export async function readStop({ request, room, backstage, context }: Ask): Promise<Reception> {
  const messageId = text(await readJson(request, maxJsonBytes), "messageId", 64);
  const n = /^b(\d{1,10})$/.exec(messageId)?.[1];
  const record = n === undefined ? undefined : await backstage.transcript.get(room, Number(n), context);
  if (record?.kind !== "message" || record.from !== "bot" || record.streaming !== true)
    throw refusal("target.gone", "this message is not growing.");
  await backstage.transcript.stop(room, messageId, context);
  return { deliveries: [], response: accepted };
}

/** A form on its way to the sink, and what to do once it was accepted there. */
export interface Submission {
  readonly reception: Reception;
  readonly accepted?: () => Promise<void>;
}

/** A form. What the page can tell is wrong is answered here, the rest by whoever answers `form.submitted`. */
export async function readSubmission({ request, room, backstage, context }: Ask): Promise<Submission> {
  const object = await readJson(request, maxJsonBytes);
  const id = inputId(object);
  const records = await backstage.transcript.all(room, context);
  const opened = records.find((record) => record.n === object["form"]);
  const done = records.find((record) => record.kind === "form.done" && record.of === object["form"]);
  if (done?.kind === "form.done" && done.by === id) return { reception: { deliveries: [], response: accepted } };
  if (opened?.kind !== "form" || done !== undefined) throw refusal("target.gone", "this form is no longer open.");
  const { form, n } = opened;
  const { values, errors } = readForm(form, object["values"]);
  if (Object.keys(errors).length > 0) return { reception: { deliveries: [], response: answer(422, { errors }) } };
  const state = form.state === undefined ? {} : { state: form.state };
  const delivery = deliver({ kind: "form", room, id, at: context.clock.now(), form: form.id, values, ...state });
  const question: Question = {
    event: eventOf(delivery) as Event<"form.submitted">,
    deadlineMs: questionMs,
    respond(reply) {
      const wrong = (reply as { errors?: Readonly<Record<string, string>> } | undefined)?.errors ?? {};
      const accept = Object.keys(wrong).length === 0;
      return { accept, response: accept ? accepted : answer(422, { errors: wrong }) };
    },
  };
  return {
    reception: { deliveries: [delivery], response: accepted, question },
    accepted: async () => {
      await backstage.transcript.append(room, `done/${n}`, { kind: "form.done", of: n, by: id }, context);
    },
  };
}

/** The choices of a dynamic select, for what was typed so far. Nothing is delivered. */
export async function readQuery({ request, room, context }: Ask): Promise<Reception> {
  const object = await readJson(request, maxJsonBytes);
  const form = optionalText(object, "form", 1_000);
  const input = {
    kind: "options",
    room,
    id: inputId(object),
    at: context.clock.now(),
    field: text(object, "field", 1_000),
  } as const;
  const delivery = deliver({ ...input, query: text(object, "query", 1_000), ...(form === undefined ? {} : { form }) });
  const question: Question = {
    event: eventOf(delivery) as Event<"options.requested">,
    deadlineMs: questionMs,
    respond: (reply) => ({ accept: true, response: answer(200, { options: [], ...(reply as object | undefined) }) }),
  };
  return { deliveries: [], response: answer(200, { options: [] }), question };
}

function deliver(input: WebInput): Delivery {
  const { room, id, kind, at } = input;
  const delivery = {
    id: `${room}/${id}`,
    account,
    lane: laneOf(room),
    via: kind,
    body: JSON.stringify(input),
    payload: input,
    receivedAt: at,
  };
  return kind === "message" || kind === "join" ? delivery : { ...delivery, interactive: true };
}

/** What a question is about is the event that the delivery will be. */
function eventOf(delivery: Delivery): Event {
  const [event] = normalizer.normalize([delivery], undefined);
  if (event === undefined) throw refusal("wire.malformed", "the request says nothing.");
  return event;
}

function answer(status: number, body: object): { status: number; headers: Record<string, string>; body: string } {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
