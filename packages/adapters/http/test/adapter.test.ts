import { createGateway, type Event } from "@devflow/gateway";
import { describe, expect, expectTypeOf, it } from "vitest";
import { forward, http, type HttpClient } from "../src/index.ts";

// The compiler judges what follows; that it runs as well shows that the names are values where they are used as such.
describe("types of a gateway with HTTP", () => {
  const gateway = createGateway({ adapters: [http(), http({ platform: "shop" })] });

  it("know each source by its name, and what an endpoint can be asked for", () => {
    expectTypeOf(gateway.adapter).parameter(0).toEqualTypeOf<"http" | "shop">();
    expectTypeOf(gateway.adapter("shop").client).returns.resolves.toEqualTypeOf<HttpClient>();
    type Asked = Parameters<ReturnType<typeof gateway.adapter<"http">>["do"]>[0];
    expectTypeOf<{ kind: "event.post"; event: Event }>().toExtend<Asked>();
    expectTypeOf<{ kind: "typing.start" }>().not.toExtend<Asked>();
    gateway.on("shop:platform.event", (c) => expectTypeOf(c.event.platform).toEqualTypeOf<"shop">());
    expect(gateway.adapter("shop").capabilities().operations).toHaveProperty(["event.post"], "native");
  });

  it("take a forwarding as a handler of anything", () => {
    gateway
      .on("*", forward("audit"))
      .on("issue.*", { label: "bug" }, forward("audit"))
      .on(["shop:*", "push.received"], forward("audit"));
    gateway.command("tell", (c) =>
      c.do({ kind: "event.post", event: c.event }, { platform: "http", account: "audit", room: "r" }),
    );
    expect(forward("audit")).toBeTypeOf("function");
  });
});
