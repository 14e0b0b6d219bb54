import { fakePlatform, manualClock } from "@devflow/conformance";
import { createGateway, type Adapter } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { hmacSha256 } from "@devflow/gateway/kit";
import { slack } from "@devflow/slack";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { flaky } from "./flaky.ts";
import { nightly, range } from "./harness.ts";
import { silent } from "./stores.ts";

const start = Date.UTC(2026, 0, 1);

/** A signed request, taken apart so that tests can spoil it. */
interface Signed {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How each platform of these tests signs. */
const platforms = {
  fake: {
    make: (secrets: readonly string[]): Adapter => fakePlatform({ secrets }),
    sign: (body: string, at: number, secret: string): Signed => {
      const time = String(at);
      return { body, headers: { "x-fake-timestamp": time, "x-fake-signature": hmacSha256(secret, `${time}:`, body) } };
    },
    name: "x-fake-signature",
    body: (id: number) => JSON.stringify({ type: "message.created", id: `d${id}`, text: "hi" }),
  },
  slack: {
    make: (secrets: readonly string[]): Adapter =>
      slack({
        signingSecret: secrets.length === 1 ? (secrets[0] ?? "") : secrets,
        token: "xoxb-1",
        apiUrl: "http://127.0.0.1:9/",
      }),
    sign: (body: string, at: number, secret: string): Signed => {
      const time = String(Math.floor(at / 1000));
      return {
        body,
        headers: {
          "content-type": "application/json",
          "x-slack-request-timestamp": time,
          "x-slack-signature": `v0=${hmacSha256(secret, `v0:${time}:`, body)}`,
        },
      };
    },
    name: "x-slack-signature",
    body: (id: number) =>
      JSON.stringify({
        type: "event_callback",
        team_id: "T1",
        api_app_id: "A1",
        event_id: `Ev${id}`,
        event_time: 1,
        authorizations: [{ team_id: "T1", user_id: "UBOT", is_bot: true }],
        event: { type: "message", channel: "C1", user: "U1", text: "hi", ts: "1.1", channel_type: "channel" },
      }),
  },
} as const;
type Name = keyof typeof platforms;

function rigOf(name: Name, secrets: readonly string[]) {
  const clock = manualClock(start);
  const store = flaky(memoryStore({ clock }));
  const gateway = createGateway({ adapters: [platforms[name].make(secrets)], store, clock, log: silent });
  const post = async ({ body, headers }: Signed, path = `/webhooks/${name}`): Promise<number> =>
    (await gateway.fetch(new Request(`http://localhost${path}`, { method: "POST", body, headers }))).status;
  const stored = () => store.operations.filter((one) => one.endsWith(".enqueue")).length;
  return { gateway, post, stored };
}

afterEach(() => vi.restoreAllMocks());

describe.each(["fake", "slack"] as const)("who is believed, by the verifier of %s", (name) => {
  const { sign, body, name: header } = platforms[name];

  it("reliability 3: a capture is stale after five minutes, in either direction, and known before", async () => {
    const { post, stored } = rigOf(name, ["key-1"]);
    const at = (ms: number) => post(sign(body(1), start + ms, "key-1"));
    expect([await at(-301_000), await at(301_000)]).toEqual([401, 401]);
    expect(stored()).toBe(0);
    expect([await at(-299_000), await at(-299_000), await at(0)]).toEqual([200, 200, 200]);
  });

  it("reliability 4, lesson 31: whatever is not signed by the secret is 401, before anything is parsed or stored", async () => {
    const { post, stored } = rigOf(name, ["key-1"]);
    const good = sign(body(1), start, "key-1");
    const signature = good.headers[header] ?? "";
    const hex = signature.replace("v0=", "");
    const parse = vi.spyOn(JSON, "parse");
    const forged: readonly (string | undefined)[] = [
      undefined,
      "",
      " ",
      signature.slice(0, -1),
      signature.slice(0, 10),
      `${signature}0`,
      hex.toUpperCase() === hex ? "" : signature.replace(hex, hex.toUpperCase()),
      `sha1=${hex}`,
      `v1=${hex}`,
      `v0=v0=${hex}`,
      "zz".repeat(32),
      `${signature}, ${signature}`,
      sign(body(1), start, "key-2").headers[header],
      sign(body(1), start, "").headers[header],
      sign(body(2), start, "key-1").headers[header],
      sign(body(1), start - 60_000, "key-1").headers[header],
    ];
    for (const one of forged) {
      const { [header]: _, ...rest } = good.headers;
      expect(await post({ body: good.body, headers: one === undefined ? rest : { ...rest, [header]: one } })).toBe(401);
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom(..."0123456789abcdefv=,") }), fc.nat(63), async (noise, at) => {
        const spoiled = `${signature.slice(0, at)}${noise}${signature.slice(at + noise.length)}`;
        fc.pre(spoiled !== signature);
        expect(await post({ ...good, headers: { ...good.headers, [header]: spoiled } })).toBe(401);
      }),
      { numRuns: nightly ? 10_000 : 1000, seed: 7 },
    );
    expect(parse).not.toHaveBeenCalled();
    expect(stored()).toBe(0);
    expect(await post(good)).toBe(200);
  });

  it("reliability 4: a signature is good for one body only, whatever byte is changed", async () => {
    const { post, stored } = rigOf(name, ["key-1"]);
    const good = sign(body(1), start, "key-1");
    for (const at of range(good.body.length)) {
      const spoiled = `${good.body.slice(0, at)}${good.body[at] === "x" ? "y" : "x"}${good.body.slice(at + 1)}`;
      expect(await post({ ...good, body: spoiled })).toBe(401);
    }
    expect(stored()).toBe(0);
  });

  it("reliability 6: while a secret is replaced, old and new are valid, and then the old is not", async () => {
    const total = nightly ? 10_000 : 500;
    const both = rigOf(name, ["new", "old"]);
    const statuses = await Promise.all(range(total).map((n) => both.post(sign(body(n), start, n % 2 ? "old" : "new"))));
    expect(new Set(statuses)).toEqual(new Set([200]));
    const after = rigOf(name, ["new"]);
    expect([await after.post(sign(body(1), start, "old")), await after.post(sign(body(1), start, "new"))]).toEqual([401, 200]);
  });

  it("reliability 14: a path or method that is not ours is never 2xx, signed or not", async () => {
    const { gateway, post, stored } = rigOf(name, ["key-1"]);
    const good = sign(body(1), start, "key-1");
    for (const path of [
      "/webhooks",
      "/webhooks/",
      `/webhooks/${name}/`,
      `//webhooks/${name}`,
      `/webhooks//${name}`,
      `/webhooks/${name.toUpperCase()}`,
      `/webhooks/%2e%2e/${name}`,
      `/webhooks/${name}%2f`,
      `/webhooks/${name}%00`,
      `/webhooks/${name};a=b`,
      `/x/../webhook/${name}`,
      "/webhooks/other",
      "/webhooks/__proto__",
      "/webhooks/constructor",
      `/${name}`,
      "/",
    ])
      expect([404, 405]).toContain(await post(good, path));
    for (const method of ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const request = new Request(`http://localhost/webhooks/${name}`, { method, headers: good.headers });
      expect((await gateway.fetch(request)).status).toBe(405);
    }
    expect(stored()).toBe(0);
    expect(await post(good, `/mounted/below/webhooks/${name}?query=1`)).toBe(200);
  });
});

describe("who is believed", () => {
  it("lesson 32: without a secret everybody is refused", async () => {
    const { post, stored } = rigOf("fake", []);
    const { sign, body } = platforms.fake;
    for (const secret of ["", "fake-secret", "undefined", "null"]) expect(await post(sign(body(1), start, secret))).toBe(401);
    expect(stored()).toBe(0);
  });

  it("reliability 4: a signature of one platform is none for another", async () => {
    const clock = manualClock(start);
    const adapters = [fakePlatform({ platform: "one", secrets: ["k1"] }), fakePlatform({ platform: "two", secrets: ["k2"] })];
    const gateway = createGateway({ adapters, store: memoryStore({ clock }), clock, log: silent });
    const { body, headers } = platforms.fake.sign(platforms.fake.body(1), start, "k1");
    const post = async (path: string) =>
      (await gateway.fetch(new Request(`http://localhost/webhooks/${path}`, { method: "POST", body, headers }))).status;
    expect([await post("two"), await post("one")]).toEqual([401, 200]);
  });

  it("lesson 35: a probe by GET gets what the adapter answers for its fixed form, and nothing is signed for strangers", async () => {
    const { gateway } = rigOf("fake", ["key-1"]);
    const probe = async (challenge: string) => {
      const response = await gateway.fetch(
        new Request(`http://localhost/webhooks/fake?challenge=${encodeURIComponent(challenge)}`),
      );
      return [response.status, await response.text()];
    };
    expect(await probe("abc123")).toEqual([200, "abc123"]);
    for (const odd of ["", "<script>", "1700000000:{}", "x".repeat(65), "a b"]) expect((await probe(odd))[0]).toBe(405);
  });

  it("a verifier that throws is not a yes", async () => {
    const clock = manualClock(start);
    const fake = fakePlatform();
    const broken = Object.defineProperty(fake, "transports", {
      value: {
        webhook: {
          ...fake.transports.webhook,
          verifier: {
            verify: () => {
              throw Object.create(null);
            },
          },
        },
      },
    });
    const store = flaky(memoryStore({ clock }));
    const gateway = createGateway({ adapters: [broken], store, clock, log: silent });
    expect((await gateway.fetch(fake.request({}))).status).toBe(503);
    expect(store.operations.some((one) => one.endsWith(".enqueue"))).toBe(false);
  });
});
