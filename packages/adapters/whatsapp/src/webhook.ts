import { hash } from "node:crypto";
import type { AdapterContext, Delivery, Verifier, WebhookTransport } from "@devflow/gateway/contract";
import { addressKey, GatewayError, parseObject, type JsonObject } from "@devflow/gateway/kit";
import { platform } from "./options.ts";
import {
  addressOf,
  contactOf,
  id,
  isShort,
  object,
  objects,
  operationOf,
  pressKey,
  roomIn,
  stampKey,
  text,
} from "./wire/index.ts";

/** How long the news that Meta has a message may matter to a retry of it. */
const takenTtlMs = 3_600_000;

/** `POST /webhooks/whatsapp`. One request holds up to a thousand things; each becomes a delivery of its own. */
export function webhook(verifier: Verifier): WebhookTransport {
  return {
    verifier,
    async receive(request, context) {
      const payload = parseObject(new TextDecoder().decode(request.body), platform);
      if (!Array.isArray(payload.entry)) {
        throw new GatewayError("wire.malformed", "whatsapp: the request has no list of entries.", { platform });
      }
      const parts = objects(payload.entry).flatMap((entry) =>
        objects(entry.changes).flatMap((change) => partsOf(change, id(entry.id) ?? "unknown")),
      );
      // Together: Meta wants its answer within a second, and each of a thousand may need the memory.
      const deliveries = await Promise.all(parts.map((part) => deliveryOf(part, request.receivedAt, context)));
      return { deliveries };
    },
  };
}

/** One thing of a change, with the id of its own where it has one. */
interface Part {
  readonly account: string;
  readonly via: string;
  readonly name: string;
  readonly change: JsonObject;
}

const lists = ["messages", "statuses", "message_echoes", "groups"] as const;

function partsOf(change: JsonObject, business: string): readonly Part[] {
  const field = text(change.field) ?? "unknown";
  const value = object(change.value);
  const account = id(object(value.metadata).phone_number_id) ?? business;
  const { messages: _, statuses: __, message_echoes: ___, groups: ____, contacts, ...rest } = value;
  const parts = lists.flatMap((list) =>
    objects(value[list]).map((one): Part => {
      const contact = list === "messages" ? contactOf(one, objects(contacts)) : {};
      const known = Object.keys(contact).length > 0 ? { contacts: [contact] } : {};
      const whole = { id: business, field, value: { ...rest, ...known, [list]: [one] } };
      return { account, via: list, name: nameOf(list, one, whole), change: whole };
    }),
  );
  // Errors of the number, and fields that this adapter does not take apart.
  const alone = parts.length === 0 || objects(value.errors).length > 0;
  const whole = {
    id: business,
    field,
    value: { ...rest, ...(parts.length === 0 && contacts !== undefined ? { contacts } : {}) },
  };
  return alone ? [...parts, { account, via: "change", name: digest(whole), change: whole }] : parts;
}

/** The same for every redelivery. A status has the id of its message, so what it says is part of its name. */
function nameOf(list: (typeof lists)[number], one: JsonObject, whole: JsonObject): string {
  const own = id(one.id);
  if (own === undefined || own.length > 200 || list === "groups") return digest(whole);
  if (list !== "statuses") return own;
  const said = [one.status, one.recipient_participant_id, one.timestamp].map((part) => (id(part) ?? "").slice(0, 60));
  return [own, ...said].join(":");
}

function digest(value: unknown): string {
  return hash("sha256", JSON.stringify(value), "base64url");
}

async function deliveryOf(part: Part, receivedAt: number, context: AdapterContext): Promise<Delivery> {
  const { account, via, name, change } = part;
  if (via === "statuses") await noteTaken(account, object(objects(object(change.value).statuses)[0]), context);
  const payload = via === "messages" ? await withFullPress(account, change, context) : change;
  return {
    id: `${account}:${name}`,
    account,
    lane: addressKey(addressOf(account, roomIn(object(payload.value)))),
    via,
    body: JSON.stringify(payload),
    payload,
    receivedAt,
  };
}

/**
 * Meta takes no key against doubles, but gives ours back with each status: a retry then knows that it is not needed. Any of them
 * may come first, and all but a failure say that Meta has the message.
 */
async function noteTaken(account: string, status: JsonObject, context: AdapterContext): Promise<void> {
  const stamp = text(status.biz_opaque_callback_data);
  const message = id(status.id);
  if (message === undefined || stamp === undefined || operationOf(stamp) === undefined || status.status === "failed") return;
  await context.memory.set(stampKey(account, stamp), message, { ttlMs: takenTtlMs });
}

/** An id too long for a button was kept in memory under a stand-in; the delivery has it in full, so that it stays readable. */
async function withFullPress(account: string, change: JsonObject, context: AdapterContext): Promise<JsonObject> {
  const value = object(change.value);
  const message = object(objects(value.messages)[0]);
  const interactive = object(message.interactive);
  const type = text(interactive.type) ?? "";
  const reply = object(interactive[type]);
  const short = text(reply.id);
  if (short === undefined || !isShort(short)) return change;
  const full = await context.memory.get<string>(pressKey(account, short));
  if (full === undefined) return change;
  const whole = { ...message, interactive: { ...interactive, [type]: { ...reply, id: full.value } } };
  return { ...change, value: { ...value, messages: [whole] } };
}
