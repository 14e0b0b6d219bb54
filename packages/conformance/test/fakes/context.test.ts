import { describe, expect, it } from "vitest";
import { fakeContext } from "@devflow/conformance";

describe("fakeContext", () => {
  it("keeps values as JSON with versions that never repeat", async () => {
    const { memory } = fakeContext();
    const first = await memory.set("k", { n: 1 }, { ifVersion: 0 });
    expect(await memory.set("k", 2, { ifVersion: 0 })).toBe(false);
    await memory.delete("k");
    const second = await memory.set("k", 3, { ifVersion: 0 });
    expect(second).not.toBe(first);
    expect(await memory.get("k")).toEqual({ value: 3, version: second });
  });

  it("forgets by its own clock, and lists in the order of keys", async () => {
    const { memory, clock } = fakeContext();
    await memory.set("a/2", "two", { ttlMs: 100 });
    await memory.set("a/1", "one");
    await memory.set("b/1", "other");
    expect((await memory.list("a/")).map(({ key }) => key)).toEqual(["a/1", "a/2"]);
    expect((await memory.list("a/", { reverse: true, limit: 1 })).map(({ value }) => value)).toEqual(["two"]);
    expect((await memory.list("a/", { after: "a/1" })).map(({ key }) => key)).toEqual(["a/2"]);
    await clock.advance(100);
    expect(await memory.get("a/2")).toBeUndefined();
  });

  it("looks a secret up by short and full name, an account's own first", async () => {
    const context = fakeContext({ platform: "slack", secrets: { BOT_TOKEN: "any", "SLACK_BOT_TOKEN@T1": "of T1" } });
    expect((await context.secret("BOT_TOKEN", "T1"))?.expose()).toBe("of T1");
    expect((await context.secret("BOT_TOKEN", "T2"))?.expose()).toBe("any");
    expect(await context.secret("SIGNING_SECRET")).toBeUndefined();
  });

  it("reaches no host but this machine", async () => {
    await expect(fakeContext().fetch("https://example.com/")).rejects.toThrow("example.com");
  });
});
