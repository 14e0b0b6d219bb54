import type { Address, Conversation, Delivery, Event, Normalizer, User } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { roomKind } from "../capability.ts";
import type { Template } from "../options.ts";
import {
  addressOf,
  contactOf,
  id,
  object,
  objects,
  personId,
  present,
  roomIn,
  text,
  timeOf,
  type WhatsAppChange,
} from "../wire/index.ts";
import { changeFact, groupFacts, messageFact, statusFact, type Fact } from "./fact.ts";

/** Everything around a fact. */
interface Scene {
  readonly address: Address;
  readonly actor: User;
  readonly at: number | undefined;
  readonly title?: string | undefined;
  readonly facts: readonly Fact[];
}

/** Changes as events. Payloads name the number they came to, so no identity is needed. `template` goes into words on a closed window. */
export function createNormalizer(template: Template | undefined): Normalizer {
  return {
    needsIdentity: false,
    normalize: (deliveries) => deliveries.flatMap((delivery) => eventsOf(delivery, template)),
  };
}

function eventsOf(delivery: Delivery, template: Template | undefined): readonly Event[] {
  const change = object(delivery.payload);
  const scene = sceneOf(change, delivery, template);
  const conversation: Conversation = present({
    address: scene.address,
    kind: roomKind(scene.address.room) === "group" ? "group" : "direct",
    title: scene.title,
  });
  return scene.facts.map((fact, index) => ({
    id: `whatsapp:${delivery.id}${index === 0 ? "" : `#${index}`}`,
    platform: "whatsapp",
    account: delivery.account,
    at: scene.at ?? delivery.receivedAt,
    conversation,
    actor: scene.actor,
    raw: change as WhatsAppChange,
    ...fact,
  }));
}

function sceneOf(change: JsonObject, { account, receivedAt }: Delivery, template: Template | undefined): Scene {
  const field = text(change.field) ?? "unknown";
  const value = object(change.value);
  const own = text(object(value.metadata).display_phone_number)?.replace(/\D/g, "");
  const self: User = { id: account, kind: "bot", self: true };
  const place = addressOf(account, roomIn(value));
  const [message] = objects(value.messages);
  const [echo] = objects(value.message_echoes);
  const [status] = objects(value.statuses);
  const [group] = objects(value.groups);
  if (message) {
    const contact = contactOf(message, objects(value.contacts));
    const author = personOf(message, contact, account, own);
    const messageId = id(message.id) ?? "";
    const facts = [messageFact(message, { id: messageId, author, account, own, receivedAt })];
    // The id is what typing needs later: WhatsApp shows it only in answer to a message.
    const address = { ...place, ...(messageId === "" ? {} : { route: messageId }) };
    const title = id(message.group_id) === undefined ? author.name : undefined;
    return { address, actor: author, at: timeOf(message.timestamp), title, facts };
  }
  if (echo) {
    const facts = [messageFact(echo, { id: id(echo.id) ?? "", author: self, account, own, receivedAt })];
    return { address: place, actor: self, at: timeOf(echo.timestamp), facts };
  }
  if (status) {
    const facts = [statusFact(status, account, template)];
    return { address: place, actor: system, at: timeOf(status.timestamp), facts };
  }
  if (group) {
    const facts = groupFacts(group, field, (one) => personOf(one, {}, account, own));
    return { address: place, actor: system, at: timeOf(group.timestamp), title: text(group.subject), facts };
  }
  return { address: place, actor: system, at: undefined, facts: [changeFact(field, value)] };
}

/** WhatsApp itself, which tells what became of things. */
const system: User = { id: "", kind: "system", self: false };

/** A person; our own number when it is that one. `contact` has the names. */
function personOf(source: JsonObject, contact: JsonObject, account: string, own: string | undefined): User {
  const profile = object(contact.profile);
  const self = own !== undefined && own !== "" && id(source.from) === own;
  if (self) return { id: account, kind: "bot", self: true };
  const found = personId(source, contact) ?? id(source.user_id) ?? id(source.wa_id) ?? id(source.input) ?? "";
  return present({
    id: found,
    kind: found === "" ? "unknown" : "person",
    self: false,
    name: text(profile.name),
    handle: text(profile.username),
  });
}
