import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it } from "vitest";
import { createSubject } from "../../src/store/subject.ts";
import { storeStatements, storeSuite, type StoreSuiteOptions } from "../../src/index.ts";
import { faults } from "./faults.ts";

const caps = { durable: "none", multiProcess: false, multiNode: false, atomicChain: true, push: true } as const;
const suite = (open: StoreSuiteOptions["open"]): StoreSuiteOptions => ({ name: "faulty", caps, open });
const right = suite(({ clock }) => memoryStore({ clock }));
const testable = storeStatements.filter(({ waived }) => waived?.(right) === undefined);

describe("the store suite", () => {
  it("knows a fault for every statement that a store in memory can break", () => {
    expect(Object.keys(faults).toSorted()).toEqual(testable.map(({ id }) => id).toSorted());
  });

  for (const { id, says, check } of testable) {
    it(`notices a store that breaks ${id}: ${says}`, { timeout: 60_000 }, async () => {
      const subject = await createSubject(suite(({ clock }) => (faults[id] as (typeof faults)[string])(clock)));
      await expect(check(subject)).rejects.toBeInstanceOf(Error);
      await subject.end();
    });
  }

  it("takes a hint that comes early for what it is", async () => {
    const early = suite(({ clock }) => {
      const store = memoryStore({ clock });
      let hints = 2;
      const queue: typeof store.queue = (name, options) => {
        const inner = store.queue(name, options);
        return { ...inner, wait: async (signal, maxMs) => ((hints -= 1) >= 0 ? undefined : inner.wait(signal, maxMs)) };
      };
      return { ...store, queue };
    });
    for (const { check } of storeStatements.filter(({ id }) => id === "S-3" || id === "G-4")) {
      const subject = await createSubject(early);
      await expect(check(subject)).resolves.toBeUndefined();
      await subject.end();
    }
  });

  it("runs what applies, and shows the rest with the reason", () => {
    const run: string[] = [];
    const shown: string[] = [];
    const test = Object.assign((name: string) => void run.push(name), { skip: (name: string) => void shown.push(name) });
    storeSuite({ ...right, notApplicable: { "E-1": "no reason at all" } }, { describe: (_, body) => body(), it: test });
    expect(run.length + shown.length).toBe(storeStatements.length);
    expect(shown.find((name) => name.startsWith("E-1 "))).toContain("no reason at all");
    expect(shown.find((name) => name.startsWith("P-2 "))).toContain("the store promises none, not power");
    expect(run.some((name) => name.startsWith("E-2 "))).toBe(true);
  });

  it("numbers its statements once", () => {
    const ids = storeStatements.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[A-Z]-\d+$/.test(id))).toBe(true);
  });
});
