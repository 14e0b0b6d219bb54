import { describe, expect, it } from "vitest";
import { http, type HttpOptions } from "../src/index.ts";
import { secret } from "./support/requests.ts";

const url = "https://audit.example/hook-canary";

describe("options", () => {
  it.each<[HttpOptions, RegExp]>([
    [{ secret: "whsec_c2hvcnQ=" }, /`secret` must be whsec_/],
    [{ secret: "whsec_not base64 at all, though it is long enough" }, /`secret`/],
    [{ secret: [] }, /`secret`/],
    [{ secret: [secret, ""] }, /`secret`/],
    [{ secret: "short", scheme: "bearer" }, /24 characters/],
    [{ secret: "", scheme: { header: "x-signature" } }, /a text/],
    [{ scheme: { header: "x signature" } }, /name of a header/],
    [{ endpoints: { audit: { url: "audit.example" } } }, /`url` of endpoint audit/],
    [{ endpoints: { audit: { url: "file:///etc/hook-canary" } } }, /no http address/],
    [{ endpoints: { audit: { url: "https://ada:hook-canary@audit.example" } } }, /password/],
    [{ endpoints: { audit: { url, perSecond: 0 } } }, /perSecond/],
    [{ endpoints: { audit: { url, secret: "short" } } }, /`secret` of endpoint audit/],
    [{ endpoints: { audit: { url, headers: { "x-a": "line\nhook-canary" } } } }, /"x-a"/],
    [{ endpoints: { audit: { url, headers: { "Webhook-Signature": "v1,x" } } } }, /"Webhook-Signature"/],
    [{ endpoints: { audit: { url, headers: { host: "elsewhere" } } } }, /"host"/],
    [{ platform: "shop", endpoints: { audit: { url: "" } } }, /^shop: /],
  ])("refuses %o when it is made", (options, why) => {
    let thrown: unknown;
    try {
      http(options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "options.invalid", message: expect.stringMatching(why) as string });
    expect(String(thrown)).not.toContain("hook-canary");
  });

  it("names the adapter, its path and its variables", () => {
    expect(http().platform).toBe("http");
    const shop = http({ platform: "shop" });
    expect(shop.platform satisfies "shop").toBe("shop");
    expect(shop.limits("event.post", { platform: "shop", account: "a/b", room: "r" })).toEqual([
      { key: "shop/a%2fb/endpoint", rate: 50, periodMs: 1000, burst: 50 },
    ]);
    const slow = http({ endpoints: { slow: { url, perSecond: 0.5 } } });
    expect(slow.limits("event.post", { platform: "http", account: "slow", room: "r" })[0]).toMatchObject({ rate: 0.5, burst: 1 });
  });
});
