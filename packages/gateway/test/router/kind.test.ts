import { describe, expect, it } from "vitest";
import { meantKind } from "../../src/router/kind.ts";
import { Router } from "../../src/router/index.ts";

describe("kinds of events", () => {
  it.each([
    ["message.create", "message.created"],
    ["mesage.created", "message.created"],
    ["message.craeted", "message.created"],
    ["messages.*", "message.*"],
    ["member.join", "member.joined"],
    ["action.invoke", "action.invoked"],
  ])("takes %j for a slip of %s", (written, meant) => {
    expect(meantKind(written)).toBe(meant);
    expect(() => new Router().add(`slack:${written}`, {}, () => undefined, false)).toThrow(
      expect.objectContaining({ code: "options.invalid", message: expect.stringContaining(meant) }),
    );
  });

  it.each(["message.created", "message.*", "*", "parade.started", "message.rated", "message.pinned", "form.opened"])(
    "takes %j as it is",
    (kind) => {
      expect(meantKind(kind)).toBeUndefined();
    },
  );

  it("refuses what is no handler when it is registered, not when the first event comes", () => {
    const nothing = undefined as unknown as () => void;
    expect(() => new Router().add("message.created", {}, nothing, false)).toThrow(/handler of message.created is no function/);
  });
});
