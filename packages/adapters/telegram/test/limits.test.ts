import type { Address } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { limits } from "../src/limits.ts";

const at = (room: string, thread?: string): Address => ({
  platform: "telegram",
  account: "123456",
  room,
  ...(thread !== undefined && { thread }),
});

describe("limits", () => {
  it("keep a group below 20 a minute, a person below what bursts allow, and all below 30 a second", () => {
    const [group, overall] = limits("message.post", at("-1001"));
    expect((group?.burst ?? 0) + ((group?.rate ?? 0) * 60_000) / (group?.periodMs ?? 1)).toBeLessThanOrEqual(20);
    expect((overall?.burst ?? 0) + ((overall?.rate ?? 0) * 1_000) / (overall?.periodMs ?? 1)).toBeLessThanOrEqual(30);
    expect(limits("message.post", at("42"))[0]).toMatchObject({ rate: 1, periodMs: 1_000 });
  });

  it("lesson 19: edits and drafts draw from the same bucket as messages", () => {
    for (const kind of ["message.edit", "stream.begin", "stream.append", "stream.end"] as const) {
      expect(limits(kind, at("42"))).toEqual(limits("message.post", at("42")));
    }
  });

  it("are those of the chat, whatever its topic, and not those of another", () => {
    expect(limits("message.post", at("-1001", "9"))).toEqual(limits("message.post", at("-1001")));
    expect(limits("message.post", at("-1001"))[0]?.key).not.toBe(limits("message.post", at("-1002"))[0]?.key);
  });

  it("a flood of typing blocks no message", () => {
    expect(limits("typing.start", at("42"))[0]?.key).not.toBe(limits("message.post", at("42"))[0]?.key);
  });
});
