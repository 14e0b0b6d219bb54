import type { Delivery, Event, Identity, Normalizer } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { id, messageFields, number, object, readUpdate, type ReadUpdate } from "../wire/index.ts";
import { actorOf, factsOf, isMessage, timeOf, type Fact } from "./facts.ts";
import { messageOf } from "./message.ts";
import { conversationOf, selfOf, type Self } from "./people.ts";

/** Updates as events. The identity tells our name, which mentions and commands may carry. */
export const normalizer: Normalizer = { needsIdentity: true, normalize };

/** A delivery with its update taken apart. */
interface Item {
  readonly delivery: Delivery;
  readonly update: JsonObject;
  readonly read: ReadUpdate;
  readonly own: boolean;
}

function normalize(deliveries: readonly Delivery[], identity: Identity | undefined): readonly Event[] {
  const items = deliveries.map((delivery): Item => {
    const update = object(delivery.payload);
    return { delivery, update, read: readUpdate(update, delivery.account), own: delivery.via === "own" };
  });
  const [first] = items;
  if (!first) return [];
  const self = selfOf(first.delivery.account, identity);
  if (items.length === 1) return eventsOf(first, self);
  if (items.every(isAlbum)) return [album(first, items, self)];
  // Arrivals told twice, by a message and by `chat_member`, have the same member and direction.
  const seen = new Set<string>();
  return items
    .flatMap((item) => eventsOf(item, self))
    .filter((event) => {
      if (event.kind !== "member.joined" && event.kind !== "member.left") return true;
      const arrival = `${event.kind} ${event.member.id}`;
      return !seen.has(arrival) && seen.add(arrival);
    });
}

function eventsOf({ delivery, update, read, own }: Item, self: Self): readonly Event[] {
  return factsOf(read, self, own).map((fact, index) => eventOf(fact, index, { delivery, update, read, own }, self));
}

function eventOf(fact: Fact, index: number, { delivery, update, read, own }: Item, self: Self): Event {
  const { payload, place } = read;
  const chat = object(payload.chat);
  return {
    id: `telegram:${delivery.id}${index === 0 ? "" : `#${index}`}`,
    platform: "telegram",
    account: delivery.account,
    at: timeOf(read, delivery.receivedAt),
    conversation: conversationOf(place, id(chat.id) === undefined ? object(object(payload.message).chat) : chat),
    actor: actorOf(read, self, own),
    raw: update,
    ...fact,
  };
}

function isAlbum({ read }: Item): boolean {
  return messageFields.has(read.kind) && id(read.payload.media_group_id) !== undefined && isMessage(read.payload);
}

/** Items of an album may arrive in any order; their ids say how they stand in it. The event is named after the first to arrive. */
function album(arrived: Item, items: readonly Item[], self: Self): Event {
  const ordered = items.toSorted((a, b) => (number(a.read.payload.message_id) ?? 0) - (number(b.read.payload.message_id) ?? 0));
  const first = ordered[0] ?? arrived;
  const message = messageOf(
    ordered.map(({ read }) => read.payload),
    self,
    first.own,
  );
  return eventOf({ kind: "message.created", message }, 0, { ...first, delivery: arrived.delivery }, self);
}
