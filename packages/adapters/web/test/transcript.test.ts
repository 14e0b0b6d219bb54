import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTranscript, pageSize } from "../src/client/transcript.ts";
import { resolveOptions } from "../src/options.ts";
import type { WebEntry, WebRecord } from "../src/wire.ts";
import { createWorld, type World } from "./world.ts";

const room = "0123456789abcdef0123456789abcdef";
const said = (text: string): WebEntry => ({ kind: "message", id: text.padEnd(16, "-"), from: "person", text, files: [] });
const textsOf = (records: readonly WebRecord[]): string[] =>
  records.map((record) => ("text" in record ? record.text : record.kind));

function start(options: Parameters<typeof resolveOptions>[0] = {}, world: World = createWorld()) {
  const grown: string[] = [];
  return { world, grown, transcript: createTranscript(resolveOptions(options), (which) => grown.push(which)) };
}

describe("a transcript", () => {
  it("numbers records from one, in the order of their appends", async () => {
    const { world, transcript, grown } = start();
    for (const text of ["a", "b", "c"]) await transcript.append(room, text, said(text), world.context);
    const records = await transcript.all(room, world.context);
    expect(records.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(textsOf(records)).toEqual(["a", "b", "c"]);
    expect(grown).toEqual([room, room, room]);
  });

  it("appends a key once, and hands back the first record for every repetition", async () => {
    const { world, transcript, grown } = start();
    const first = await transcript.append(room, "k", said("first"), world.context);
    await transcript.append(room, "other", said("between"), world.context);
    const again = await transcript.append(room, "k", said("second"), world.context);
    expect(again).toEqual(first);
    expect(textsOf(await transcript.all(room, world.context))).toEqual(["first", "between"]);
    expect(grown).toHaveLength(2);
  });

  it("never shows its keys", async () => {
    const { world, transcript } = start();
    const record = await transcript.append(room, "secret-key", said("a"), world.context);
    expect(JSON.stringify([record, await transcript.all(room, world.context)])).not.toContain("secret-key");
  });

  it("finds the first record after a crash between any two writes", async () => {
    for (const crashAt of [1, 2, 3]) {
      const { world, transcript } = start();
      await transcript.append(room, "before", said("before"), world.context);
      let writes = 0;
      world.beforeWrite = () => {
        if (++writes === crashAt) throw new Error("crash");
      };
      await transcript.append(room, "k", said("k"), world.context).catch(() => {});
      world.beforeWrite = () => {};
      await transcript.append(room, "between", said("between"), world.context);
      await transcript.append(room, "k", said("k"), world.context);
      const texts = textsOf(await transcript.all(room, world.context));
      expect(
        texts.filter((text) => text === "k"),
        `crash before write ${crashAt}`,
      ).toHaveLength(1);
      expect(texts).toHaveLength(3);
    }
  });

  it("appends each key once and leaves no gap, whatever processes race, crash and try again", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 3 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        async (scheduler, plans, luck) => {
          const world = createWorld();
          world.beforeWrite = async (key) => {
            await scheduler.schedule(Promise.resolve(), key);
            if (luck.next().value === 0) throw new Error("crash");
          };
          const run = async (plan: readonly number[]): Promise<void> => {
            const { transcript } = start({}, world);
            for (const job of plan) {
              for (let attempt = 0; attempt < 50; attempt++) {
                const done = await transcript
                  .append(room, `job-${job}`, said(`job ${job}`), world.context)
                  .catch(() => undefined);
                if (done !== undefined) break;
              }
            }
          };
          await scheduler.waitFor(Promise.all(plans.map(run)));
          const { transcript } = start({}, world);
          const records = await transcript.all(room, world.context);
          const wanted = [...new Set(plans.flat())].map((job) => `job ${job}`).toSorted();
          expect(textsOf(records).toSorted()).toEqual(wanted);
          expect(records.map(({ n }) => n)).toEqual(records.map((_, index) => index + 1));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("keeps the newest records, and goes on counting", async () => {
    const { world, transcript } = start({ keepRecords: 3 });
    for (const text of ["a", "b", "c", "d", "e"]) await transcript.append(room, text, said(text), world.context);
    const records = await transcript.all(room, world.context);
    expect(records.map(({ n }) => n)).toEqual([3, 4, 5]);
  });

  it("forgets what is older than keepMs, keys included", async () => {
    const { world, transcript } = start({ keepMs: 1_000 });
    await transcript.append(room, "a", said("a"), world.context);
    world.clock.advance(1_001);
    expect(await transcript.all(room, world.context)).toEqual([]);
    expect(world.keys()).toEqual([]);
    const { n } = await transcript.append(room, "b", said("b"), world.context);
    expect(n).toBe(1);
  });

  it("reads long rooms page by page", async () => {
    const { world, transcript } = start({ keepRecords: 1_000 });
    const texts = Array.from({ length: pageSize + 7 }, (_, index) => `t${index}`);
    for (const text of texts) await transcript.append(room, text, said(text), world.context);
    expect(await transcript.after(room, 0, world.context)).toHaveLength(pageSize);
    expect(textsOf(await transcript.after(room, pageSize, world.context))).toEqual(texts.slice(pageSize));
    expect(textsOf(await transcript.all(room, world.context))).toEqual(texts);
  });

  it("blanks a record without losing its place or its key", async () => {
    const { world, transcript } = start();
    await transcript.append(room, "a", said("a"), world.context);
    await transcript.blank(room, 1, world.context);
    await transcript.append(room, "a", said("a"), world.context);
    expect(await transcript.all(room, world.context)).toMatchObject([{ kind: "gone", n: 1 }]);
  });

  it("forgets a room completely, and no other", async () => {
    const { world, transcript } = start();
    const other = room.replace("0", "f");
    await transcript.append(room, "a", said("a"), world.context);
    await transcript.append(other, "b", said("b"), world.context);
    await transcript.forget(room, world.context);
    expect(world.keys().filter((key) => key.includes(room))).toEqual([]);
    expect(textsOf(await transcript.all(other, world.context))).toEqual(["b"]);
  });
});
