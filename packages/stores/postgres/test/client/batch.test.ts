import { manualClock } from "@devflow/conformance";
import { expect, it } from "vitest";
import { createBatcher } from "../../src/client/batch.ts";

it("sends nothing that nobody waits for any more: calls in line behind a silent server do not pile up", async () => {
  const clock = manualClock();
  const sent: { readonly items: readonly number[]; readonly fail: (error: Error) => void }[] = [];
  const call = createBatcher<number, number>({
    clock,
    opTimeoutMs: 5_000,
    bytesOf: () => 1,
    apart: () => [],
    inTurn: () => [],
    blames: () => false,
    send: (items) => new Promise((_, fail) => void sent.push({ items, fail })),
  });
  const ended: number[] = [];
  const start = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) call(i).catch(() => ended.push(i));
  };
  start(0, 2_000);
  await clock.advance(1_000);
  start(2_000, 2_010);
  await clock.advance(4_000);
  expect(sent.map(({ items }) => items.length)).toEqual([256, 256]);
  for (const { fail } of sent) fail(new Error("silence"));
  await clock.settle();
  expect(sent.slice(2).map(({ items }) => items)).toEqual([Array.from({ length: 10 }, (_, i) => 2_000 + i)]);
  expect(ended).toHaveLength(2_000);
});
