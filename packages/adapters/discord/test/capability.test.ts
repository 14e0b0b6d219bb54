import { describe, expect, it } from "vitest";
import { capabilities } from "../src/capability.ts";
import { globalKey, limits } from "../src/limits.ts";
import { application, room } from "./support/index.ts";

describe("the table", () => {
  it("of a channel takes our key, and shows everybody everything", () => {
    expect(capabilities(room)).toMatchObject({ idempotent: true, onlyFor: false, text: { limit: 2000 } });
    expect(capabilities()).toBe(capabilities(room));
  });

  it("of an interaction can show one person alone, and takes none", () => {
    expect(capabilities({ ...room, route: "1.5.2.t" })).toMatchObject({ idempotent: false, onlyFor: true });
  });

  it("has components for five rows at most", () => {
    const { buttons, selects } = capabilities().actions;
    expect(Math.ceil(buttons / 5) + selects).toBeLessThanOrEqual(5);
  });
});

describe("buckets", () => {
  it("are those of a channel first, then the bot's", () => {
    expect(limits("message.post", room).map(({ key }) => key)).toEqual([
      `discord/${application}/${room.room}/post`,
      globalKey(application),
    ]);
    expect(limits("reaction.add", room)[0]?.key).toBe(limits("reaction.remove", room)[0]?.key);
    expect(limits("form.open", room)).toEqual([]);
  });

  it("keep below the fifty requests a second of a bot", () => {
    const overall = limits("message.post", room)[1];
    expect((overall?.rate ?? 0) + (overall?.burst ?? 0)).toBeLessThanOrEqual(50);
  });
});
