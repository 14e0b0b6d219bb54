import type { JsonObject } from "@devflow/gateway/kit";
import { id, object, text, texts, timeOf } from "../wire/index.ts";
import type { Fact } from "./fact.ts";
import { interactionFacts } from "./interaction.ts";
import { isSpoken, joinType, messageOf } from "./message.ts";
import { personOf, type Self } from "./people.ts";

/** What one dispatch says happened: at least one fact, whatever it is. */
export function factsOf(name: string, payload: JsonObject, self: Self): readonly Fact[] {
  const facts = readers.get(name)?.(payload, self) ?? [];
  return facts.length > 0 ? facts : [{ kind: "platform.event", type: name }];
}

type Reader = (payload: JsonObject, self: Self) => readonly Fact[];

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["MESSAGE_CREATE", created],
  ["MESSAGE_UPDATE", updated],
  ["MESSAGE_DELETE", ({ id: known }) => deleted([known])],
  ["MESSAGE_DELETE_BULK", ({ ids }) => deleted(texts(ids))],
  ["MESSAGE_REACTION_ADD", (payload) => reaction("reaction.added", payload)],
  ["MESSAGE_REACTION_REMOVE", (payload) => reaction("reaction.removed", payload)],
  ["GUILD_MEMBER_ADD", ({ user, ...member }, self) => [{ kind: "member.joined", member: personOf(object(user), self, member) }]],
  ["GUILD_MEMBER_REMOVE", ({ user }, self) => [{ kind: "member.left", member: personOf(object(user), self) }]],
  ["GUILD_CREATE", (_, self) => [{ kind: "member.joined", member: us(self) }]],
  ["GUILD_DELETE", ({ unavailable }, self) => (unavailable === true ? [] : [{ kind: "member.left", member: us(self) }])],
  ["INTERACTION_CREATE", interactionFacts],
]);

function us({ user, name }: Self) {
  return { id: user, kind: "bot", self: true, ...(name === undefined ? {} : { name }) } as const;
}

function created(message: JsonObject, self: Self): readonly Fact[] {
  if (message["type"] === joinType) return [{ kind: "member.joined", member: personOf(object(message["author"]), self) }];
  return isSpoken(message) && id(message["id"]) !== undefined
    ? [{ kind: "message.created", message: messageOf(message, self) }]
    : [];
}

/** Previews of links come as updates too; what nobody edited was not edited. */
function updated(message: JsonObject, self: Self): readonly Fact[] {
  const edited = timeOf(message["edited_timestamp"]) !== undefined && id(message["id"]) !== undefined;
  return edited && isSpoken(message) ? [{ kind: "message.edited", message: messageOf(message, self) }] : [];
}

function deleted(ids: readonly unknown[]): readonly Fact[] {
  return ids.flatMap((one): readonly Fact[] => {
    const known = id(one);
    return known === undefined ? [] : [{ kind: "message.deleted", messageId: known }];
  });
}

function reaction(kind: "reaction.added" | "reaction.removed", payload: JsonObject): readonly Fact[] {
  const messageId = id(payload["message_id"]);
  const { id: custom, name } = object(payload["emoji"]);
  const known = id(custom);
  const emoji = known === undefined ? text(name) : `${text(name) ?? "_"}:${known}`;
  return messageId === undefined || emoji === undefined ? [] : [{ kind, messageId, emoji }];
}
