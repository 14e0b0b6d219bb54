import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Kv } from "@devflow/gateway/contract";
import type { StoreSubject } from "../subject.ts";

/** What the values should be, with the versions the store gave them. */
interface Expected {
  readonly entries: Map<string, { readonly text: string; readonly version: number; readonly until: number }>;
  now: number;
}

interface Actual {
  readonly kv: () => Kv;
  readonly advance: (ms: number) => Promise<void>;
}

type Step = fc.AsyncCommand<Expected, Actual>;

const names = ["a", "a/", "a/1", "a/10", "a/2", "a/\u00E9", "a/\uFFEE", "a/\u{1F600}", "b", "b/1"];
const key = fc.constantFrom(...names);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function step(name: string, input: unknown, run: (expected: Expected, actual: Actual) => Promise<void>): Step {
  return { check: () => true, run, toString: () => `${name}(${JSON.stringify(input)})` };
}

function current({ entries, now }: Expected, name: string): { readonly text: string; readonly version: number } | undefined {
  const entry = entries.get(name);
  return entry !== undefined && entry.until > now ? entry : undefined;
}

/** The version that a condition names: the present one, one that never was, or none. */
function condition(expected: Expected, name: string, kind: "none" | "right" | "wrong"): { readonly ifVersion?: number } {
  const version = current(expected, name)?.version ?? 0;
  return kind === "none" ? {} : { ifVersion: kind === "right" ? version : version + 1_000_000_007 };
}

const kind = fc.constantFrom("none" as const, "none" as const, "right" as const, "wrong" as const);

async function put(
  expected: Expected,
  { kv }: Actual,
  name: string,
  text: string,
  ttlMs: number | null,
  when: "none" | "right" | "wrong",
) {
  const options = { ...condition(expected, name, when), ...(ttlMs === null ? {} : { ttlMs }) };
  const version = await kv().set(name, bytes(text), options);
  assert.equal(version === false, when === "wrong");
  if (version === false) return;
  for (const entry of expected.entries.values()) assert.notEqual(version, entry.version, "versions are not used twice");
  expected.entries.set(name, { text, version, until: ttlMs === null ? Infinity : expected.now + ttlMs });
}

const steps: fc.Arbitrary<Step>[] = [
  fc
    .record({ key, text: fc.string({ maxLength: 5 }), ttlMs: fc.constantFrom(null, null, 100), kind })
    .map((input) =>
      step("set", input, (expected, actual) => put(expected, actual, input.key, input.text, input.ttlMs, input.kind)),
    ),
  fc.record({ prefix: fc.constantFrom("a/", "c/"), count: fc.integer({ min: 1, max: 90 }) }).map((input) =>
    step("set many", input, async (expected, actual) => {
      for (let i = 0; i < input.count; i += 1)
        await put(expected, actual, `${input.prefix}${(i * 7) % 100}`, "many", null, "none");
    }),
  ),
  fc.record({ key, kind }).map((input) =>
    step("delete", input, async (expected, { kv }) => {
      const there = current(expected, input.key) !== undefined && input.kind !== "wrong";
      assert.equal(await kv().delete(input.key, condition(expected, input.key, input.kind)), there);
      if (there) expected.entries.delete(input.key);
    }),
  ),
  key.map((input) =>
    step("get", input, async (expected, { kv }) => {
      const entry = current(expected, input);
      const found = await kv().get(input);
      assert.deepEqual(found && [found.value, found.version], entry && [bytes(entry.text), entry.version]);
    }),
  ),
  fc
    .record({
      prefix: fc.constantFrom("", "a", "a/", "a/1", "c/", "z"),
      after: fc.option(fc.oneof(key, fc.constant("a/15"), fc.constant("c/5")), { nil: undefined }),
      limit: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      reverse: fc.boolean(),
    })
    .map(({ prefix, ...options }) =>
      step("list", { prefix, ...options }, async (expected, { kv }) => {
        const order = (a: string, b: string): number =>
          Buffer.compare(Buffer.from(a), Buffer.from(b)) * (options.reverse ? -1 : 1);
        const wanted = [...expected.entries.keys()]
          .filter((name) => name.startsWith(prefix) && current(expected, name) !== undefined)
          .filter((name) => options.after === undefined || order(name, options.after) > 0)
          .toSorted(order)
          .slice(0, options.limit);
        const found = await kv().list(prefix, options);
        assert.deepEqual(
          found.map((each) => [each.key, each.value, each.version]),
          wanted.map((name) => [name, bytes(current(expected, name)?.text ?? ""), current(expected, name)?.version]),
        );
      }),
    ),
  fc.integer({ min: 1, max: 80 }).map((ms) =>
    step("advance", ms, async (expected, { advance }) => {
      expected.now += ms;
      await advance(ms);
    }),
  ),
];

/** Compares any sequence of calls on values with a map. */
export async function checkValues(subject: StoreSubject, numRuns: number, maxCommands: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands, size: "max" }), async (commands) => {
      const { kv } = subject.store;
      await Promise.all((await kv.list("")).map((entry) => kv.delete(entry.key)));
      const expected = { entries: new Map(), now: await subject.store.now() };
      const actual = { kv: () => subject.store.kv, advance: subject.advance };
      await fc.asyncModelRun(() => ({ model: expected, real: actual }), commands);
    }),
    { numRuns },
  );
}
