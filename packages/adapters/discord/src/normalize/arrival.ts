import { hash } from "node:crypto";
import type { Delivery, Event, QuestionKind, Reception, WireResponse } from "@devflow/gateway/contract";
import { addressKey, type JsonObject } from "@devflow/gateway/kit";
import { cut, flags, id, interactionTypes, object, objects, text, timeOf } from "../wire/index.ts";
import { eventsOf } from "./event.ts";
import { addressOf } from "./place.ts";

/** Time a handler has for an answer that Discord awaits; Discord itself waits three seconds. */
const answerMs = 2_300;
/** A server that we joined longer ago than this is only told about because the line is new. */
const newServerMs = 60_000;
/** Intent to hear who comes and goes; without it a notice in the channel is all there is. */
const memberIntent = 1 << 1;

/** A dispatch, from whichever transport. */
export interface Arrival {
  readonly dispatch: JsonObject;
  /** The dispatch as JSON. */
  readonly body: string;
  readonly account: string;
  /** The session of the line, of which the dispatch's number is one; for a webhook something of its own. */
  readonly session: string;
  readonly receivedAt: number;
  readonly intents: number;
}

/** An interaction over HTTP, in the form in which the Gateway has it. The platform's bytes stay as they are. */
export function wrapInteraction(body: string): string {
  return `{"t":"INTERACTION_CREATE","d":${body}}`;
}

/** What a dispatch means: a delivery for the inbox, a question, or noise. */
export function readArrival(arrival: Arrival): Reception {
  const name = text(arrival.dispatch["t"]) ?? "unknown";
  const data = object(arrival.dispatch["d"]);
  if (isNoise(name, data, arrival)) return { deliveries: [] };
  const interactive = name === "INTERACTION_CREATE";
  const delivery = deliver(name === "GUILD_CREATE" ? lean(arrival, data) : arrival, name, data, interactive);
  if (interactive && data["type"] === interactionTypes.autocomplete) {
    return { deliveries: [], ...asking(delivery, "options.requested", respondWithChoices) };
  }
  if (interactive && data["type"] === interactionTypes.modal) {
    return { deliveries: [delivery], ...asking(delivery, "form.submitted", respondToForm) };
  }
  return { deliveries: [delivery] };
}

/** What tells of the line itself, and what is told twice. */
function isNoise(name: string, data: JsonObject, { intents, receivedAt }: Arrival): boolean {
  if (name === "READY" || name === "RESUMED") return true;
  if (name === "MESSAGE_CREATE") return data["type"] === 7 && (intents & memberIntent) !== 0;
  if (name === "GUILD_DELETE") return data["unavailable"] === true;
  return name === "GUILD_CREATE" && receivedAt - (timeOf(data["joined_at"]) ?? 0) > newServerMs;
}

/** A server with its channels and members can be megabytes: a list is left out, its facts are kept. */
function lean(arrival: Arrival, data: JsonObject): Arrival {
  const facts = Object.fromEntries(Object.entries(data).filter(([, value]) => !Array.isArray(value)));
  const dispatch = { ...arrival.dispatch, d: facts };
  return { ...arrival, dispatch, body: JSON.stringify(dispatch) };
}

function deliver(arrival: Arrival, name: string, data: JsonObject, interactive: boolean): Delivery {
  const { account, body, dispatch, receivedAt } = arrival;
  return {
    id: nameOf(arrival, name, data),
    account,
    lane: addressKey(addressOf(name, data, account)),
    via: "dispatch",
    body,
    payload: dispatch,
    receivedAt,
    ...(interactive && { interactive }),
  };
}

/**
 * The same for the same thing, whichever way and however often it comes: a message is told once by its id, also when it is
 * read again after a gap. What has no name of its own is named by its bytes and its session, in which its number is unique.
 */
function nameOf({ account, body, session }: Arrival, name: string, data: JsonObject): string {
  const known = id(data["id"]);
  const named = `${account}:${name}:${known}`;
  if (known !== undefined) {
    if (name === "MESSAGE_CREATE" || name === "MESSAGE_DELETE" || name === "INTERACTION_CREATE") return named;
    const edited = text(data["edited_timestamp"]);
    if (name === "MESSAGE_UPDATE" && edited !== undefined) return `${named}:${edited.slice(0, 40)}`;
    const joined = text(data["joined_at"]);
    if (name === "GUILD_CREATE" && joined !== undefined) return `${named}:${joined.slice(0, 40)}`;
  }
  return `${account}:${name.slice(0, 60)}:${hash("sha256", `${session} ${body}`, "hex").slice(0, 32)}`;
}

type Respond = (answer: unknown) => { readonly response: WireResponse; readonly accept: boolean };

function asking(delivery: Delivery, kind: QuestionKind, respond: Respond): Pick<Reception, "question"> {
  const [asked] = eventsOf(delivery, undefined);
  if (asked?.kind !== kind) return {};
  return { question: { event: asked as Event<QuestionKind>, deadlineMs: answerMs, respond } };
}

/** Discord takes 25 choices, and a form that is submitted is closed: what is wrong is said to its writer alone. */
function respondWithChoices(answer: unknown): ReturnType<Respond> {
  const choices = objects(object(answer)["options"])
    .slice(0, 25)
    .map(({ label, value }) => {
      const said = text(value) ?? text(label) ?? "-";
      return { name: cut(text(label) ?? said, 100) || "-", value: cut(said, 100) || "-" };
    });
  return { response: json({ type: 8, data: { choices } }), accept: true };
}

function respondToForm(answer: unknown): ReturnType<Respond> {
  const errors = Object.values(object(object(answer)["errors"])).filter((one) => typeof one === "string");
  if (errors.length === 0) return { response: { status: 202 }, accept: true };
  const content = cut(errors.map((one) => `- ${one}`).join("\n"), 2_000);
  const data = { content, flags: flags.ephemeral, allowed_mentions: { parse: [] } };
  return { response: json({ type: 4, data }), accept: false };
}

function json(body: object): WireResponse {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
