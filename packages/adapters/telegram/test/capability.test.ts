import { describe, expect, it } from "vitest";
import { capabilities, roomKind } from "../src/capability.ts";

const at = (room: string): ReturnType<typeof capabilities> => capabilities({ platform: "telegram", account: "123456", room });

describe("capabilities", () => {
  it("tells chats apart by their ids", () => {
    expect(["42", "-100123", "@news", "42@conn", "-5@conn"].map(roomKind)).toEqual([
      "private",
      "shared",
      "shared",
      "business",
      "business",
    ]);
  });

  it("streams natively in a person's own chat alone", () => {
    expect(at("42").operations["stream.begin"]).toBe("native");
    for (const room of ["-1001", "@news", "42@conn"]) expect(at(room).operations["stream.begin"]).toBe("emulated");
    expect(capabilities().operations["stream.begin"]).toBe("emulated");
  });

  it("shows a message to one person only where nobody else is", () => {
    expect([at("42"), at("-1001"), at("42@conn"), capabilities()].map(({ onlyFor }) => onlyFor)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("has no forms, and no reactions in a business chat", () => {
    expect(at("42").operations).not.toHaveProperty("form.open");
    expect(at("42@conn").operations["reaction.add"]).toBe("none");
    expect(at("42@conn").windows.editMs).toBe(48 * 3_600_000);
    expect(at("-1001").windows).not.toHaveProperty("editMs");
  });
});
