import { processorMs } from "@devflow/conformance";
import { describe, expect, it } from "vitest";
import { normalizer } from "../src/normalize.ts";
import { inputId } from "./visitor.ts";

const room = "0123456789abcdef0123456789abcdef";

function read(text: string, attachments: readonly object[] = []) {
  const payload = { kind: "message", room, id: inputId("m"), at: 7, text, attachments };
  const delivery = {
    id: `${room}/m`,
    account: "site",
    lane: "l",
    via: "message",
    body: JSON.stringify(payload),
    payload,
    receivedAt: 9,
  };
  return normalizer.normalize([delivery], undefined)[0];
}

describe("what a person types", () => {
  it.each([
    ["/deploy", "deploy", ""],
    ["/deploy  api  now ", "deploy", "api  now"],
    ["  /deploy\napi", "deploy", "api"],
    ["/roll-back_2 x", "roll-back_2", "x"],
  ])("%j is the command %s", (text, command, args) => {
    expect(read(text)).toMatchObject({ kind: "command.invoked", command, args, trigger: inputId("m"), messageId: inputId("m") });
  });

  it.each(["hello", "/usr/bin is full", "/ deploy", "//deploy", "not /deploy", "/é"])("%j is a message", (text) => {
    expect(read(text)).toMatchObject({ kind: "message.created", message: { text, addressed: true, sentAt: 7 } });
  });

  it("is a message when a file goes along", () => {
    expect(read("/deploy", [{ kind: "file" }])).toMatchObject({ kind: "message.created" });
  });

  it("is plain: markup stays what it is", () => {
    expect(read("**a**\n<b>")).toMatchObject({
      conversation: { kind: "direct", address: { platform: "web", account: "site", room } },
      actor: { id: room, kind: "person", self: false },
      message: { text: "**a**\n<b>", content: [{ type: "paragraph", children: [{ type: "text", value: "**a**\n<b>" }] }] },
    });
    expect(read("")).toMatchObject({ message: { content: [] } });
  });

  it("is read in linear time, however hostile", () => {
    for (const text of [`/a${" ".repeat(32_000)}`, "/".repeat(32_000), `/${"a".repeat(32_000)}`]) {
      expect(processorMs(() => void read(text))).toBeLessThan(100);
    }
  });
});
