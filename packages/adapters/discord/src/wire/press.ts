import { hash } from "node:crypto";
import type { Memory } from "@devflow/gateway/contract";
import { isObject, type JsonObject } from "@devflow/gateway/kit";
import { object, objects } from "./read.ts";

/** Longest `custom_id`, and longest value of an option. Source: Discord's component reference. */
export const idLimit = 100;
/** How long a button with much to say works. */
const keptMs = 180 * 86_400_000;
const keptPrefix = "~~";
const kept = /^~~[\w-]{32}$/;

/** What a pressed button or a submitted form says. */
export interface Press {
  readonly action: string;
  readonly value?: string;
}

/**
 * Spells an id and a value in one text. A plain id stays as it is, so that people can read it. `copy` tells apart what would
 * be spelled alike: Discord refuses a message in which an id occurs twice.
 */
export function writePress({ action, value }: Press, copy = 0): string {
  if (value === undefined && copy === 0 && action !== "" && !action.includes("~")) return action;
  return `~${copy === 0 ? "" : copy}~${escape(action)}${value === undefined ? "" : `~${value}`}`.replace(/^~~/, "~.~");
}

/** Reads what {@link writePress} spelled. */
export function readPress(spelled: string): Press {
  const [, action, value] = /^~(?:\.|\d+)~([^~]*)(?:~([\s\S]*))?$/.exec(spelled) ?? [];
  if (action === undefined) return { action: spelled };
  return value === undefined ? { action: unescape(action) } : { action: unescape(action), value };
}

function escape(action: string): string {
  return action.replaceAll("%", "%25").replaceAll("~", "%7E");
}

function unescape(action: string): string {
  return action.replaceAll("%7E", "~").replaceAll("%25", "%");
}

/** Puts ids and values that are too long into memory, and a stand-in in their place: the same for the same text. */
export async function keepLong(value: unknown, memory: Memory): Promise<unknown> {
  return await mapSpelled(value, async (spelled) => {
    if (spelled.length <= idLimit && !kept.test(spelled)) return spelled;
    const short = keptPrefix + hash("sha256", spelled, "base64url").slice(0, 32);
    await memory.set(keyOf(short), spelled, { ttlMs: keptMs });
    return short;
  });
}

async function mapSpelled(value: unknown, change: (spelled: string) => Promise<string>): Promise<unknown> {
  if (Array.isArray(value)) return await Promise.all(value.map((one) => mapSpelled(one, change)));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(async ([name, field]) => {
    const spelled = typeof field === "string" && (name === "custom_id" || name === "value") && !isInput(value);
    return [name, spelled ? await change(field) : await mapSpelled(field, change)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The `value` of a text input is a text for people. */
function isInput({ type }: JsonObject): boolean {
  return type === 4;
}

/** True when an interaction holds a stand-in. */
export function holdsKept(interaction: JsonObject): boolean {
  return spelledIn(interaction).some((one) => kept.test(one));
}

function spelledIn(interaction: JsonObject): readonly string[] {
  const data = object(interaction["data"]);
  const parts = [data, ...objects(data["components"]).map((label) => object(label["component"]))];
  return parts
    .flatMap((part) => [part["custom_id"], ...(Array.isArray(part["values"]) ? (part["values"] as unknown[]) : [])])
    .filter((one) => typeof one === "string");
}

/** The interaction with everything that {@link keepLong} took away. A text that is forgotten stays its stand-in. */
export async function restoreLong(interaction: JsonObject, memory: Memory): Promise<JsonObject> {
  const names = spelledIn(interaction).filter((one) => kept.test(one));
  const found = new Map<string, string>();
  for (const name of names) {
    const full = await memory.get<string>(keyOf(name));
    if (full) found.set(name, full.value);
  }
  const restore = (value: unknown): unknown => {
    if (typeof value === "string") return found.get(value) ?? value;
    if (Array.isArray(value)) return value.map(restore);
    return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, restore(field)])) : value;
  };
  return { ...interaction, data: restore(interaction["data"]) };
}

function keyOf(short: string): string {
  return `kept/${short.slice(keptPrefix.length)}`;
}
