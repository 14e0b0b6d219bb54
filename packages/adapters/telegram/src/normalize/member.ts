import type { User } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { object, objects } from "../wire/index.ts";
import { personOf, type Self } from "./people.ts";

/** Somebody came or went. */
export interface Arrival {
  readonly kind: "member.joined" | "member.left";
  readonly member: User;
  readonly by?: User;
}

const inside: ReadonlySet<unknown> = new Set(["creator", "administrator", "member"]);

/** Arrivals in a service message. Our own are left to `my_chat_member`, which comes for every one of them. */
export function arrivalsIn(message: JsonObject, self: Self): readonly Arrival[] {
  const by = personOf(object(message.from), self);
  const joined = objects(message.new_chat_members).map((user) => arrival("member.joined", personOf(user, self), by));
  const gone =
    typeof message.left_chat_member === "object" && message.left_chat_member !== null ? [object(message.left_chat_member)] : [];
  return [...joined, ...gone.map((user) => arrival("member.left", personOf(user, self), by))].filter(
    ({ member }) => !member.self,
  );
}

/**
 * The arrival in a `ChatMemberUpdated`; none for a change of rights. In a private chat it is about us alone: `kicked` means
 * that the person blocked the bot, and `member` that they are back.
 */
export function arrivalOf(change: JsonObject, self: Self): Arrival | undefined {
  const before = isInside(object(change.old_chat_member));
  const after = object(change.new_chat_member);
  const now = isInside(after);
  if (before === now) return undefined;
  return arrival(now ? "member.joined" : "member.left", personOf(object(after.user), self), personOf(object(change.from), self));
}

/** A restricted member may be inside or outside. */
function isInside(member: JsonObject): boolean {
  return inside.has(member.status) || (member.status === "restricted" && member.is_member === true);
}

function arrival(kind: Arrival["kind"], member: User, by: User): Arrival {
  return by.id === "" || by.id === member.id ? { kind, member } : { kind, member, by };
}
