import { createServer, type AddressInfo } from "node:net";
import { inspect } from "node:util";
import { fakeLogger, fakePlatform } from "@devflow/conformance";
import { createGateway, GatewayError, type Adapter, type Address, type Sayable } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { sqliteStore } from "@devflow/sqlite";
import { describe, expect, it } from "vitest";

/** What plain JavaScript lets through, and the compiler would not. */
function wrong<T>(value: unknown): T {
  return value as T;
}

const to = { platform: "fake", account: "A", room: "R" };

describe("slips are told in a line that says what to do", () => {
  it.each([
    ["no adapters", {}, /needs a list of adapters/],
    ["no options", undefined, /needs a list of adapters/],
    ["an adapter that was not called", { adapters: [fakePlatform] }, /Entry 0 of `adapters` is no adapter.*call it/],
    ["an import that was not there", { adapters: [undefined] }, /Entry 0 of `adapters` is no adapter.*import/],
    ["an adapter twice", { adapters: [fakePlatform(), fakePlatform()] }, /two adapters for fake/],
  ])("%s", (_, options, says) => {
    expect(() => createGateway(wrong<{ adapters: Adapter[] }>(options))).toThrow(
      expect.objectContaining({ code: "options.invalid", message: expect.stringMatching(says) }),
    );
  });

  it("a listener without a handler, and a kind that does not exist", () => {
    const gateway = createGateway({ adapters: [fakePlatform()] });
    const on = wrong<(...parts: readonly unknown[]) => void>(gateway.on);
    expect(() => on("message.created")).toThrow(/handler of message.created is no function/);
    expect(() => on("message.create", () => undefined)).toThrow(/It is message.created/);
    expect(() => gateway.route({}).to(wrong(undefined))).toThrow(/is no function/);
  });

  it.each([
    ["a room alone", wrong<Address>("C1"), "hi", /needs a platform, an account and a room/],
    ["an address without its account", wrong<Address>({ platform: "fake", room: "R" }), "hi", /needs a platform, an account/],
    ["a platform that is not there", { ...to, platform: "fax" }, "hi", /No adapter for "fax" is installed; fake is/],
    ["nothing", to, wrong<Sayable>(undefined), /cannot be said/],
    ["a number", to, wrong<Sayable>({ content: 5 }), /cannot be said/],
    ["the whole answer of a model", to, wrong<Sayable>({ content: Promise.resolve([]) }), /textStream/],
  ])("sending: %s", async (_, address, what, says) => {
    const gateway = createGateway({ adapters: [fakePlatform()] });
    await expect(gateway.send(address, what)).rejects.toMatchObject({
      code: "options.invalid",
      message: expect.stringMatching(says),
    });
    await gateway.stop();
  });

  it("a store without a file", () => {
    expect(() => sqliteStore(wrong({}))).toThrow(/`file` is missing/);
    expect(() => sqliteStore(wrong({ file: "a.db", synchronous: "full" }))).toThrow(/neither FULL nor NORMAL/);
  });
});

it("one option of a queue can be set, and the others stay", async () => {
  const gateway = createGateway({
    adapters: [fakePlatform()],
    log: fakeLogger(),
    inbox: { queue: { maxAttempts: 1 } },
    outbox: { queue: { maxAttempts: 1 } },
  });
  gateway.on("message.created", () => {
    throw new Error("mine");
  });
  await gateway.fetch(fakePlatform().request({ text: "hi" }, { timestamp: Date.now() }));
  await gateway.drain();
  expect(await gateway.deadLetters.list()).toMatchObject([{ queue: "inbox", attempts: 1 }]);
  await gateway.stop();
});

describe("a program that cannot start", () => {
  it("says in one line that its port is taken, and leaves nothing running", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const gateway = createGateway({ adapters: [fakePlatform()] });

    const error: unknown = await serve(gateway, { port, signals: false }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "options.invalid", message: expect.stringContaining(`127.0.0.1:${port}`) });
    expect(inspect(error)).toContain("Stop it, or choose another port.");
    expect(inspect(error)).not.toMatch(/\n\s+at /);
    await expect(gateway.send(to, "hi")).rejects.toThrow(/closed|stopped/);
    await new Promise((resolve) => void other.close(resolve));
  });

  it("prints an error without what it does not know", () => {
    const printed = inspect(new GatewayError("auth.failed", "slack: no.", { account: "T1" }));
    expect(printed).toContain("account: 'T1'");
    expect(printed).not.toContain("movedTo");
    expect(new GatewayError("auth.failed", "slack: no.")).toHaveProperty("movedTo", undefined);
  });
});
