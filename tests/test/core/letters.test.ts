import { describe, expect, it } from "vitest";
import { rig } from "./harness.ts";

const to = { platform: "fake", account: "main", room: "general" } as const;

describe("dead letters", () => {
  it("keep what failed for good, in and out, with the reason", async () => {
    const { gateway, fake, hear, clock, count } = await rig();
    gateway.on("message.created", () => {
      throw new TypeError("no such column");
    });
    fake.script({ status: 400 });
    await hear({ id: "bad", text: "hi" });
    const [sent = ""] = await gateway.send(to, "refused");
    await clock.until(() => count("event.dead") === 1 && count("operation.dead") === 1);
    const letters = (await gateway.deadLetters.list()).toSorted((a, b) => (a.queue < b.queue ? -1 : 1));
    expect(letters.map(({ queue, id, reason, attempts }) => [queue, id, reason, attempts])).toEqual([
      ["inbox", "fake:bad", "exhausted", 8],
      ["outbox-fake", sent, "content.rejected", 1],
    ]);
    expect(letters[0]?.error).toBe("TypeError: no such column");
    expect(JSON.parse(letters[0]?.payload ?? "{}")).toMatchObject({ text: "hi" });
    expect(await gateway.deadLetters.list({ queue: "interactive" })).toEqual([]);
    await expect(gateway.deadLetters.list({ queue: "nowhere" })).rejects.toMatchObject({ code: "options.invalid" });
  });

  it("are shown page by page, whatever queue they died in", async () => {
    const { gateway, fake, hear, clock, count } = await rig({ inbox: { queue: { ...queue, maxAttempts: 1 } } });
    gateway.on("message.created", () => {
      throw new Error("bad");
    });
    fake.rule(() => ({ status: 400 }));
    for (const id of ["b", "d", "f"]) await hear({ id });
    for (const id of ["fake:a", "fake:c", "fake:e"]) await gateway.send(to, "refused", { id });
    await clock.until(() => count("event.dead") === 3 && count("operation.dead") === 3);
    const shown: string[] = [];
    for (let after: string | undefined, pages = 0; pages < 4; pages += 1) {
      const page = await gateway.deadLetters.list({ limit: 2, ...(after === undefined ? {} : { after }) });
      shown.push(...page.map(({ id }) => id));
      after = page.at(-1)?.id ?? after;
    }
    expect(shown).toEqual(["fake:a", "fake:b", "fake:c", "fake:d", "fake:e", "fake:f"]);
  });

  it("are handled once when they are replayed, and forgotten when discarded", async () => {
    const { gateway, hear, clock, count } = await rig({ inbox: { queue: { ...queue, maxAttempts: 1 } } });
    let mended = false;
    const heard: string[] = [];
    gateway.on("message.created", (c) => {
      if (!mended) throw new Error("not yet");
      heard.push(c.message.text);
    });
    await hear({ id: "a", text: "a" });
    await hear({ id: "b", text: "b" });
    await clock.until(() => count("event.dead") === 2);
    mended = true;
    expect(await gateway.deadLetters.discard(["fake:b"])).toBe(1);
    expect(await gateway.deadLetters.replay(["fake:a", "fake:b"])).toBe(1);
    expect(await gateway.deadLetters.replay(["fake:a"])).toBe(0);
    await clock.advance(2000);
    expect(heard).toEqual(["a"]);
    expect(await gateway.deadLetters.list()).toEqual([]);
  });

  it("reliability 25: what waited longer than its budget is put aside, and goes out once when it is replayed", async () => {
    const { gateway, fake, clock, seen } = await rig({ outbox: { budgetMs: 60_000 } });
    fake.rule(() => "reset");
    const ids = await gateway.send(to, "patience");
    await clock.until(() => seen.some(({ step }) => step === "operation.dead"));
    expect(seen.find(({ step }) => step === "operation.dead")?.code).toBe("expired");
    await expect(gateway.receipt(ids[0] ?? "")).rejects.toMatchObject({ code: "operation.rejected" });
    fake.rule(undefined);
    await clock.advance(600_000);
    expect(await gateway.deadLetters.replay(ids)).toBe(1);
    await clock.until(() => fake.messages.length === 1);
    expect((await gateway.receipt(ids[0] ?? "")).messageId).toBe("m1");
    await clock.advance(10_000);
    expect(fake.texts()).toEqual(["patience"]);
  });

  it("whoever waits for a receipt hears of the death, before or after it", async () => {
    const { gateway, fake, clock } = await rig();
    fake.rule(() => ({ status: 404 }));
    const ids = await gateway.send(to, "to nobody");
    const early = gateway.receipt(ids[0] ?? "").catch((error: { readonly code: string }) => error.code);
    await clock.advance(1000);
    expect(await early).toBe("target.gone");
    await expect(gateway.receipt(ids[0] ?? "")).rejects.toMatchObject({ code: "target.gone" });
  });

  it("what dies before it is sent, of limits that throw or are impossible, says so, and whoever waits for its receipt hears of it", async () => {
    const impossible = () => [{ key: "none", rate: 0, periodMs: 1000, burst: 1 }];
    const broken = (): never => {
      throw new TypeError("no plan of that name");
    };
    for (const limits of [broken, impossible]) {
      const { gateway, fake, clock, seen } = await rig({ platform: { limits } });
      const [id = ""] = await gateway.send(to, "x");
      const waiting = gateway.receipt(id).catch((error: { readonly code: string }) => error.code);
      await clock.until(() => seen.some(({ step }) => step === "operation.dead"));
      expect(seen.find(({ step }) => step === "operation.dead")).toMatchObject({ platform: "fake", account: "main", id });
      await clock.advance(1000);
      expect([fake.calls.length, await waiting]).toEqual([0, limits === broken ? "operation.rejected" : "options.invalid"]);
      expect((await gateway.deadLetters.list()).map((letter) => letter.id)).toEqual([id]);
    }
  });

  it("an edit of a message that was never sent is a dead letter of its own", async () => {
    const { gateway, fake, hear, clock, seen } = await rig();
    fake.script({ status: 400 });
    gateway.on("message.created", async (c) => (await c.reply("bad")).edit("better"));
    await hear({});
    await clock.until(() => seen.filter(({ step }) => step === "operation.dead").length === 2);
    expect(seen.filter(({ step }) => step === "operation.dead").map(({ code }) => code)).toEqual([
      "content.rejected",
      "target.gone",
    ]);
  });

  it("a job of the outbox that is no operation is a dead letter, and does not go round for ever", async () => {
    const { store, clock, seen, gateway, fake } = await rig();
    const outbox = store.queue("outbox-fake", queue);
    for (const [id, payload] of [
      ["1", "{"],
      ["2", "null"],
      ["3", '{"kind":"message.post"}'],
    ] as const)
      await outbox.enqueue([{ key: "fake/main/general", id, payload }]);
    await gateway.send(to, "fine");
    await clock.until(() => fake.messages.length === 1);
    expect(seen.filter(({ code }) => code === "store.corrupt").map(({ id }) => id)).toEqual(["1", "2", "3"]);
    expect((await gateway.deadLetters.list()).map(({ reason }) => reason)).toEqual([
      "store.corrupt",
      "store.corrupt",
      "store.corrupt",
    ]);
  });

  it("a job of the inbox that is no JSON, or of a platform that is gone, is a dead letter in the end", async () => {
    const { store, clock, gateway, hear } = await rig({ inbox: { retryBaseMs: 1, retryCapMs: 10 } });
    const heard: string[] = [];
    gateway.on("message.created", (c) => heard.push(c.message.text));
    const inbox = store.queue("inbox", queue);
    const key = "fake/main/general";
    await inbox.enqueue([{ key, id: "torn", payload: '{"text":', headers: { platform: "fake", account: "main" } }]);
    await inbox.enqueue([{ key, id: "gone", payload: "{}", headers: { platform: "gone", account: "main" } }]);
    await hear({ text: "next" });
    await clock.until(() => heard.length === 1);
    expect((await gateway.deadLetters.list()).map(({ id, reason }) => [id, reason])).toEqual([
      ["gone", "options.invalid"],
      ["torn", "exhausted"],
    ]);
  });

  it("onDead halt: a dead job stops its lane until somebody decides", async () => {
    const { gateway, hear, clock, count } = await rig({ inbox: { queue: { ...queue, maxAttempts: 1, onDead: "halt" } } });
    const heard: string[] = [];
    gateway.on("message.created", (c) => {
      if (c.message.text === "bad") throw new Error("bad");
      heard.push(c.message.text);
    });
    await hear({ id: "bad", text: "bad" });
    await hear({ text: "good" });
    await hear({ room: "other", text: "other" });
    await clock.until(() => count("event.dead") === 1);
    await clock.advance(10_000);
    expect(heard).toEqual(["other"]);
    await gateway.deadLetters.discard(["fake:bad"]);
    await clock.advance(1000);
    expect(heard).toEqual(["other", "good"]);
  });
});

const queue = {
  dedupeTtlMs: 86_400_000,
  maxAttempts: 8,
  maxCrashes: 3,
  maxDepth: 1000,
  maxLaneDepth: 1000,
  maxPayloadBytes: 1_000_000,
  onRetry: "block",
  onDead: "continue",
} as const;
