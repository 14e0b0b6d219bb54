import { hash } from "node:crypto";
import type { AdapterContext } from "@devflow/gateway/contract";
import { object, string } from "../wire/index.ts";

/** What is remembered of a room. */
export interface RoomFacts {
  readonly joined?: boolean;
  /** The invitation said that it is a direct chat. */
  readonly direct?: boolean;
  readonly name?: string;
  readonly alias?: string;
  readonly members?: number;
}

/** Where a room's facts are. A hash, since ids of users and rooms together may be longer than a key. */
export function roomKey(account: string, room: string): string {
  return `room/${hash("sha256", JSON.stringify([account, room]), "base64url")}`;
}

/** The facts of a room; none for one that was never seen. */
export async function readRoom(account: string, room: string, context: AdapterContext): Promise<RoomFacts> {
  return (await context.memory.get<RoomFacts>(roomKey(account, room)))?.value ?? {};
}

/** A room is direct when its invitation said so, or when two are in it and nobody gave it a name. */
export function isDirect({ direct, members, name, alias }: RoomFacts): boolean {
  return direct === true || (members === 2 && name === undefined && alias === undefined);
}

/** Title of a room, for people. */
export function titleOf(facts: RoomFacts): string | undefined {
  return facts.name ?? facts.alias;
}

/** The facts after a state event. */
export function withState(facts: RoomFacts, event: { readonly type?: unknown; readonly content?: unknown }): RoomFacts {
  const content = object(event.content);
  if (event.type === "m.room.name") return { ...without(facts, "name"), ...named("name", content.name) };
  if (event.type === "m.room.canonical_alias") return { ...without(facts, "alias"), ...named("alias", content.alias) };
  return facts;
}

function without(facts: RoomFacts, key: "name" | "alias"): RoomFacts {
  const { [key]: _, ...rest } = facts;
  return rest;
}

function named(key: "name" | "alias", value: unknown): RoomFacts {
  const text = string(value)?.slice(0, 255);
  return text === undefined || text === "" ? {} : { [key]: text };
}
