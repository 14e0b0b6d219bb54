import { hash } from "node:crypto";
import type { Memory } from "@devflow/gateway/contract";
import { isObject } from "@devflow/gateway/kit";

const marker = "devflow:kept:";
const keptMs = 90 * 86_400_000;

/** Texts that come back with an interaction, and how long Slack lets them be, by the object that holds them. */
function limitOf(key: string, holder: object): number {
  if (key === "private_metadata") return 3_000;
  if (key !== "value") return Infinity;
  if (!("type" in holder)) return 150;
  return holder.type === "button" ? 2_000 : Infinity;
}

/** Puts texts that Slack would refuse into the adapter's memory and writes their names instead; the rest stays as it is. */
export async function keepLong<T extends Readonly<Record<string, unknown>>>(args: T, memory: Memory): Promise<T> {
  if (args["blocks"] === undefined && args["view"] === undefined) return args;
  const { short, kept } = shorten(args, memory);
  await kept;
  return short;
}

/** {@link keepLong} for who cannot wait: `kept` is for when memory has the texts. */
export function shorten<T>(args: T, memory: Memory): { readonly short: T; readonly kept: Promise<unknown> } {
  const waiting: Promise<unknown>[] = [];
  const short = mapText(args, (value, key, holder) => {
    if (value.length <= limitOf(key, holder)) return value;
    const name = marker + hash("sha256", value, "hex");
    waiting.push(memory.set(name, value, { ttlMs: keptMs }));
    return name;
  });
  return { short: waiting.length === 0 ? args : (short as T), kept: Promise.all(waiting) };
}

/** True when a payload may hold names that {@link keepLong} wrote. */
export function holdsKept(body: string): boolean {
  return body.includes(marker);
}

/** The payload with every kept text back in its place. A text that memory has lost stays a name. */
export async function restoreLong<T>(payload: T, body: string, memory: Memory): Promise<T> {
  const names = new Set(body.match(new RegExp(`${marker}[0-9a-f]{64}`, "g")));
  const kept = new Map<string, string>();
  await Promise.all(
    [...names].map(async (name) => {
      const found = await memory.get<unknown>(name);
      if (typeof found?.value === "string") kept.set(name, found.value);
    }),
  );
  return mapText(payload, (value) => kept.get(value) ?? value) as T;
}

/** Copies plain JSON, with each text as `change` wants it. */
function mapText(
  value: unknown,
  change: (value: string, key: string, holder: object) => string,
  key = "",
  holder: object = {},
): unknown {
  if (typeof value === "string") return change(value, key, holder);
  if (Array.isArray(value)) return value.map((item) => mapText(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapText(inner, change, name, value)]));
}
