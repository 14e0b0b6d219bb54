import { canaries, everything, fakePlatform, fakeSecrets, leaks, manualClock, fakeLogger } from "@devflow/conformance";
import { createGateway, type Observation } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hmacSha256 } from "@devflow/gateway/kit";

afterEach(() => vi.restoreAllMocks());

const impatient = {
  dedupeTtlMs: 86_400_000,
  maxAttempts: 3,
  maxCrashes: 3,
  maxDepth: 1000,
  maxLaneDepth: 1000,
  maxPayloadBytes: 1_000_000,
  onRetry: "block",
  onDead: "continue",
} as const;

describe("secrets", () => {
  it("reliability 36: are in no log, error, observation, answer, health or dead letter, in no spelling", async () => {
    const secrets = canaries("SIGNING_SECRET", "BOT_TOKEN", { ODD_TOKEN: 'odd"token\\with/quotes+and=signs&Zq7vK2xW' });
    const printed: string[] = [];
    for (const method of ["log", "warn", "error", "info", "debug"] as const)
      vi.spyOn(console, method).mockImplementation((...args) => void printed.push(everything(args)));
    const clock = manualClock();
    const log = fakeLogger();
    const seen: Observation[] = [];
    const fake = fakePlatform({ secrets: [] });
    const spelled = (value: string): string =>
      [value, encodeURIComponent(value), Buffer.from(value).toString("base64"), JSON.stringify(value)].join(" ");
    // A platform whose client puts its credentials into every error it makes, as some do with their URLs.
    const careless = Object.assign(fake, {
      sender: {
        send: async (...[, context]: Parameters<typeof fake.sender.send>) => {
          const tokens = await Promise.all(
            ["BOT_TOKEN", "ODD_TOKEN"].map(async (name) => (await context.secret(name))?.expose()),
          );
          throw Object.assign(new Error(`GET https://api/bot${tokens.map((one) => spelled(one ?? "")).join()}/send failed`), {
            tokens,
          });
        },
      },
    });
    const gateway = createGateway({
      adapters: [careless],
      store: memoryStore({ clock }),
      clock,
      log,
      secrets: fakeSecrets(secrets),
      observe: (one) => void seen.push(one),
      inbox: { retryBaseMs: 1, retryCapMs: 2 },
      outbox: { queue: impatient },
    });
    gateway.on("message.created", () => {
      throw new Error(`handler with ${spelled(secrets["BOT_TOKEN"] ?? "")} and ${spelled(secrets["SIGNING_SECRET"] ?? "")}`);
    });
    gateway.answer("options.requested", () => {
      throw new Error(spelled(secrets["BOT_TOKEN"] ?? ""));
    });
    const answers: string[] = [];
    const post = async (payload: object, key: string): Promise<void> => {
      const body = JSON.stringify(payload);
      const time = String(clock.now());
      const headers = { "x-fake-timestamp": time, "x-fake-signature": hmacSha256(key, `${time}:`, body) };
      const response = await gateway.fetch(new Request("http://localhost/webhooks/fake", { method: "POST", headers, body }));
      answers.push(`${response.status} ${await response.text()} ${JSON.stringify([...response.headers])}`);
    };
    const key = secrets["SIGNING_SECRET"] ?? "";
    // A secret is known from its first use on.
    const sent = await gateway.send({ platform: "fake", account: "main", room: "r" }, "text");
    await clock.settle();
    await post({ id: "a", text: "hi" }, key);
    await post({ id: "b", text: "hi" }, "wrong");
    await post({ id: "c", type: "options.requested" }, key);
    await clock.until(() => seen.some(({ step }) => step === "event.dead"));
    const direct = gateway.receipt(sent[0] ?? "").catch(everything);
    await clock.until(() => seen.some(({ step }) => step === "operation.dead"));
    const letters = await gateway.deadLetters.list();
    expect(letters.map(({ queue }) => queue).toSorted()).toEqual(["inbox", "outbox-fake"]);
    const everywhere = [
      log.text(),
      printed.join("\n"),
      everything(seen),
      everything(letters),
      everything(await gateway.health()),
      everything(gateway),
      everything(await direct),
      ...answers,
    ].join("\n");
    expect(everywhere).toContain("[secret]");
    expect(leaks(everywhere, secrets)).toEqual([]);
  });

  it("reliability 36: names from outside are no paths: an adapter's memory keeps to itself", async () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const [one, two] = [fakePlatform({ platform: "one" }), fakePlatform({ platform: "two" })];
    const contexts: Parameters<typeof one.client>[1][] = [];
    const keep = (_: string, context: (typeof contexts)[number]) => (contexts.push(context), Promise.resolve([] as never));
    const gateway = createGateway({
      adapters: [Object.assign(one, { client: keep }), Object.assign(two, { client: keep })],
      store,
      clock,
      log: fakeLogger(),
    });
    await gateway.adapter("one").client("main");
    await gateway.adapter("two").client("main");
    await contexts[1]?.memory.set("token", "two's own");
    for (const name of ["../two/token", "../../adapter/two/token", "/adapter/two/token", "%2e%2e/two/token", "token"])
      expect(await contexts[0]?.memory.get(name)).toBeUndefined();
    expect(await contexts[0]?.memory.list("")).toEqual([]);
    await contexts[0]?.memory.set("../two/token", "mine");
    expect((await contexts[1]?.memory.get("token"))?.value).toBe("two's own");
    await expect(contexts[0]?.memory.set("x".repeat(600), 1)).rejects.toMatchObject({ code: "key.invalid" });
    await expect(contexts[0]?.memory.set("a\u0000b", 1)).rejects.toMatchObject({ code: "key.invalid" });
    expect(await contexts[0]?.blobs.get("../../etc/passwd-12")).toBeUndefined();
  });
});
