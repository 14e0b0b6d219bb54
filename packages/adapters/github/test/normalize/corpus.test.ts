import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event } from "@devflow/gateway/contract";
import { github } from "../../src/index.ts";
import { kinds } from "../../src/normalize/kinds.ts";
import { bot, delivery, examples } from "../support/index.ts";

const { normalizer } = github();
const all = examples();
const read = (via: string, payload: object): readonly Event[] => normalizer.normalize([delivery(via, payload)], bot);

describe("GitHub's own examples of webhooks", () => {
  it("are all there, of github.com and of Enterprise Server", () => {
    expect(all.filter(({ server }) => server === "api.github.com")).toHaveLength(329);
    expect(all.length).toBeGreaterThan(700);
  });

  it.each(all.map((one) => [`${one.server} ${one.event} ${one.index}`, one] as const))(
    "%s is one event of its kind",
    (_, { event, payload }) => {
      const events = read(event, payload);
      expect(events).toHaveLength(1);
      const type = typeof payload["action"] === "string" ? `${event}.${payload["action"]}` : event;
      const state = (payload["deployment_status"] as { state?: string } | undefined)?.state;
      const kind = kinds[type] ?? kinds[`${type} ${state}`] ?? "platform.event";
      expect(events[0]?.kind).toBe(kind);
      expect(events.every((one) => one.kind !== "platform.event" || one.type === type)).toBe(true);
      const plain = JSON.parse(JSON.stringify(events[0])) as Event;
      expect(plain).toMatchObject({ id: "github:d-1", platform: "github", raw: payload });
      expect(plain.conversation.address.room).not.toBe("");
      expect(plain.at).toBeGreaterThan(Date.UTC(2010, 0, 1));
      expect(JSON.stringify(plain)).not.toContain("[object Object]");
    },
  );

  it("never make it throw, cut and shuffled as they may be", () => {
    const damage = fc.tuple(
      fc.nat(all.length - 1),
      fc.nat(),
      fc.constantFrom<unknown>(undefined, null, 0, "", "x", true, [], {}, [null], -1, 1e300),
    );
    fc.assert(
      fc.property(damage, fc.nat(all.length - 1), ([index, seed, value], other) => {
        const one = all[index];
        if (!one) return;
        const payload = structuredClone(one.payload);
        const paths = pathsOf(payload, 3);
        const path = paths[seed % paths.length] ?? [];
        put(payload, path, value);
        // As what it is, and as what it is not.
        for (const via of [one.event, all[other]?.event ?? ""])
          expect(JSON.stringify(read(via, payload))).toContain("github:d-1");
      }),
      { numRuns: 1500, seed: 20_260_101 },
    );
  });
});

function pathsOf(value: unknown, depth: number): string[][] {
  if (depth === 0 || typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsOf(inner, depth - 1).map((path) => [key, ...path])]);
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) target[key] = value;
  else put(target[key] as Record<string, unknown>, rest, value);
}
