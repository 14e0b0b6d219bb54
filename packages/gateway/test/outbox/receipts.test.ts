import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/error.ts";
import { memoryStore } from "../../src/memory/index.ts";
import { Receipts } from "../../src/outbox/receipts.ts";

function make() {
  const timers = new Set<() => void>();
  const clock = {
    now: () => 1000,
    after(_: number, run: () => void) {
      timers.add(run);
      return () => void timers.delete(run);
    },
  };
  const store = memoryStore({ clock });
  const receipts = new Receipts(store, clock);
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 5; n++) await new Promise<void>((resolve) => void setImmediate(resolve));
  };
  return { store, receipts, timers, settle, never: new AbortController().signal };
}

describe("Receipts", () => {
  it("tell all who wait, once it was sent, and leave no timer behind", async () => {
    const { receipts, timers, settle, never } = make();
    const waiting = [1, 2, 3].map(() => receipts.wait("a", never));
    await settle();
    receipts.sent("a", { at: 5, messageId: "m" });
    expect(await Promise.all(waiting)).toEqual([1, 2, 3].map(() => ({ at: 5, messageId: "m" })));
    expect(timers.size).toBe(0);
  });

  it("are found by whoever asks later, without what was raw", async () => {
    const { receipts, store, never } = make();
    const { key, value } = receipts.write("a", { at: 5, messageId: "m", raw: { big: true } });
    await store.kv.set(key, value ?? new Uint8Array());
    expect(await receipts.wait("a", never)).toEqual({ at: 5, messageId: "m" });
    expect(await receipts.read("b")).toBeUndefined();
  });

  it("are found by polling, when another process has sent it", async () => {
    const { receipts, store, timers, settle, never } = make();
    const waiting = receipts.wait("a", never);
    await settle();
    const { key, value } = receipts.write("a", { at: 5 });
    await store.kv.set(key, value ?? new Uint8Array());
    for (const run of timers) run();
    expect(await waiting).toEqual({ at: 5 });
  });

  it("say of what died, that it did; a replay takes it back", async () => {
    const { receipts, settle, never } = make();
    const waiting = receipts.wait("a", never);
    await settle();
    await receipts.died("a", new GatewayError("target.gone", "no such room"));
    await expect(waiting).rejects.toMatchObject({ code: "target.gone", message: "no such room" });
    await expect(receipts.wait("a", never)).rejects.toMatchObject({ code: "target.gone" });
    expect(await receipts.read("a")).toBeUndefined();
    await receipts.revive("a");
    const again = receipts.wait("a", never);
    await settle();
    receipts.sent("a", { at: 7 });
    expect(await again).toEqual({ at: 7 });
  });

  it("end the wait of one who gives up, and of nobody else", async () => {
    const { receipts, settle, never, timers } = make();
    const patience = new AbortController();
    const [short, long] = [receipts.wait("a", patience.signal), receipts.wait("a", never)];
    await settle();
    patience.abort();
    await expect(short).rejects.toMatchObject({ code: "gateway.closed", retryable: true });
    receipts.sent("a", { at: 1 });
    expect(await long).toEqual({ at: 1 });
    expect(timers.size).toBe(0);
  });
});
