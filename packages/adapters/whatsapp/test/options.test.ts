import { describe, expect, it } from "vitest";
import { roomKind } from "../src/capability.ts";
import { whatsapp, type WhatsAppOptions } from "../src/index.ts";
import { account, ada, groupId, scoped, to } from "./support/index.ts";

describe("options", () => {
  it.each<[string, WhatsAppOptions]>([
    ["an empty token", { token: "" }],
    ["an empty app secret", { appSecret: "" }],
    ["no app secrets", { appSecret: [] }],
    ["an empty verify token", { verifyToken: "" }],
    ["no address", { apiUrl: "graph" }],
    ["a version of another form", { apiVersion: "25" }],
    ["a throughput of nothing", { throughput: 0 }],
  ])("are checked at once: %s", (_name, options) => {
    expect(() => whatsapp(options)).toThrow(expect.objectContaining({ code: "options.invalid" }));
  });

  it("may all be left out", () => {
    expect(whatsapp().platform).toBe("whatsapp");
  });
});

describe("what WhatsApp can do", () => {
  it("is the same for a number and a business-scoped id, and less in a group", () => {
    const { capabilities } = whatsapp();
    const table = (room: string) => capabilities({ ...to, room });
    expect(table(ada)).toBe(table(scoped));
    expect(capabilities()).toBe(table(ada));
    expect(table(ada)).toMatchObject({ actions: { buttons: 3, selects: 1, options: 10 }, onlyFor: true });
    expect(table(groupId)).toMatchObject({ actions: { buttons: 0 }, onlyFor: false, nodes: { actions: "emulated" } });
  });
});

describe("a room", () => {
  it("says by its form who is in it", () => {
    const rooms = [ada, scoped, "US.ENT.Ab1", groupId, "US.", "us.123"];
    expect(rooms.map(roomKind)).toEqual(["phone", "scoped", "scoped", "group", "group", "group"]);
  });
});

describe("limits", () => {
  it("are a message every six seconds to a person, and forty-five at once", () => {
    const [pair, whole] = whatsapp().limits("message.post", to);
    expect(pair).toEqual({ key: `whatsapp/${account}/${ada}`, rate: 1, periodMs: 6_000, burst: 45 });
    expect((whole?.rate ?? 0) + (whole?.burst ?? 0)).toBeLessThanOrEqual(80);
    expect(whatsapp().limits("typing.start", to)).toEqual([whole]);
  });

  it("of a number grow with what Meta allows it", () => {
    const [, whole] = whatsapp({ throughput: 1_000 }).limits("message.post", to);
    expect(whole).toMatchObject({ rate: 600, burst: 200 });
    expect(whatsapp({ throughput: 1 }).limits("message.post", to)[1]).toMatchObject({ rate: 1, burst: 1 });
  });
});
