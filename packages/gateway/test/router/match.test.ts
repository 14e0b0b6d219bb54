import { describe, expect, it } from "vitest";
import type { Event } from "../../src/contract/index.ts";
import { compileMatch, type Match } from "../../src/router/match.ts";

const author = { id: "ada", kind: "person", self: false } as const;
const message: Event = {
  id: "slack:1",
  kind: "message.created",
  platform: "slack",
  account: "T1",
  at: 0,
  conversation: { address: { platform: "slack", account: "T1", room: "C1", thread: "9" }, kind: "channel" },
  actor: author,
  raw: {},
  message: { id: "m", author, text: "deploy api", content: [], attachments: [], addressed: true, sentAt: 0 },
};
const { message: _, ...envelope } = message;
const click: Event = { ...envelope, kind: "action.invoked", action: "go" };

const cases: readonly (readonly [Match, Event, boolean])[] = [
  [{}, message, true],
  [{ platform: "slack" }, message, true],
  [{ platform: ["github", "slack"] }, message, true],
  [{ platform: [] }, message, false],
  [{ account: "T2" }, message, false],
  [{ room: "C1", thread: "9" }, message, true],
  [{ conversation: "direct" }, message, false],
  [{ actor: "ada", actorKind: "person" }, message, true],
  [{ addressed: true }, message, true],
  [{ addressed: false }, message, false],
  [{ addressed: false }, click, false],
  [{ text: "deploy api" }, message, true],
  [{ text: "deploy" }, message, false],
  [{ text: /^deploy/ }, message, true],
  [{ text: [/^rollback/, /API$/i] }, message, true],
  [{ text: /./ }, click, false],
  [{ action: "go" }, click, true],
  [{ action: "go" }, message, false],
  [{ command: "go" }, click, false],
  [{ emoji: "👍" }, message, false],
  [{ when: (event) => event.at === 0 }, message, true],
  [{ text: "deploy api", when: () => false }, message, false],
  [{ room: undefined }, message, true],
];

describe("compileMatch", () => {
  it.each(cases)("%o", (match, event, expected) => {
    const test = compileMatch(match);
    // Twice: a pattern with /g would remember where it stopped.
    expect([test(event), test(event)]).toEqual([expected, expected]);
  });

  it("a global or sticky pattern matches as if it were neither", () => {
    for (const pattern of [/api/g, /deploy/y, /API/giy]) {
      const test = compileMatch({ text: pattern });
      const fits = !pattern.sticky || pattern.source === "deploy" || pattern.flags.includes("i");
      expect([test(message), test(message), test(message)]).toEqual([fits, fits, fits]);
    }
  });
});
