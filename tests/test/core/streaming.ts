import type { FakePlatformOptions } from "@devflow/conformance";
import { range, rig, words } from "./harness.ts";

/** What is streamed: 120 numbered words. */
export const text = range(120)
  .map((n) => `word${n} `)
  .join("");
export const pieces = text.split(/(?<= )/);
export const spaced = (one: string): string => one.replace(/\s+/g, " ").trim();

/** A gateway that answers everything with a stream of these pieces. */
export async function streaming(platform: FakePlatformOptions, parts: readonly string[] = pieces, everyMs = 50) {
  const one = await rig({ platform });
  one.gateway.on("message.created", (c) => c.reply(words(one.clock, parts, everyMs)));
  return one;
}
