import { describe, expect, it } from "vitest";
import type { Event } from "../../src/contract/index.ts";
import { compileMatch, isEcho, type Match } from "../../src/router/match.ts";

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

const self = { id: "us", kind: "bot", self: true } as const;
const issue = {
  kind: "issue",
  key: "octo/app#12",
  id: "1",
  title: "It breaks",
  body: "",
  state: "open",
  labels: ["bug", "ui"],
  assignees: [],
} as const;
const updated: Event = {
  ...envelope,
  kind: "issue.updated",
  conversation: { ...message.conversation, kind: "issue", issue },
  issue,
  changes: { status: { from: "new", to: "open" }, title: { to: "It breaks" } },
};
const comment: Event = { ...message, conversation: updated.conversation };
const unlabelled: Event = { ...updated, conversation: { ...updated.conversation, issue: { ...issue, labels: [] } } };
const run: Event = {
  ...envelope,
  kind: "pipeline.finished",
  pipeline: { id: "7", name: "ci", status: "finished", passed: false },
};
const started: Event = { ...envelope, kind: "pipeline.started", pipeline: { id: "7", name: "ci", status: "running" } };
const deployed: Event = {
  ...envelope,
  kind: "deployment.finished",
  deployment: { id: "9", environment: "production", passed: true, outcome: "success" },
};
const ours = (event: Event): Event => ({ ...event, actor: self });

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
  [{ passed: false }, run, true],
  [{ passed: true }, run, false],
  [{ passed: true }, deployed, true],
  [{ passed: false }, started, false],
  [{ passed: false }, message, false],
  [{ label: "ui" }, updated, true],
  [{ label: ["docs", "bug"] }, updated, true],
  [{ label: ["docs", "wip"] }, updated, false],
  [{ label: [] }, updated, false],
  [{ label: "bug" }, unlabelled, false],
  [{ label: "bug" }, comment, true],
  [{ label: "bug" }, message, false],
  [{ changed: "status" }, updated, true],
  [{ changed: ["labels", "title"] }, updated, true],
  [{ changed: "labels" }, updated, false],
  [{ changed: "status" }, comment, false],
  [{ label: "bug", changed: "status" }, updated, true],
  [{ label: "docs", changed: "status" }, updated, false],
  [{}, ours(updated), false],
  [{ label: "bug" }, ours(updated), false],
  [{ self: true }, ours(updated), true],
  [{ self: true, label: "bug" }, ours(updated), true],
  [{ self: true }, updated, false],
  [{ self: false }, updated, true],
  [{ self: false }, ours(updated), false],
  [{}, ours(run), true],
  [{ self: true }, ours(run), true],
  [{ self: false }, ours(run), false],
];

describe("compileMatch", () => {
  it.each(cases)("%o", (match, event, expected) => {
    const test = compileMatch(match);
    // Twice: a pattern with /g would remember where it stopped.
    expect([test(event), test(event)]).toEqual([expected, expected]);
  });

  it.each([
    ["message.created", true],
    ["reaction.added", true],
    ["issue.closed", true],
    ["change.merged", true],
    ["review.submitted", true],
    ["pipeline.finished", false],
    ["deployment.finished", false],
    ["push.received", false],
    ["release.published", false],
    ["member.joined", false],
  ])("%s of ours is an echo: %s", (kind, echo) => {
    expect(isEcho({ ...ours(message), kind } as Event)).toBe(echo);
    expect(isEcho({ ...message, kind } as Event)).toBe(false);
  });

  it("a global or sticky pattern matches as if it were neither", () => {
    for (const pattern of [/api/g, /deploy/y, /API/giy]) {
      const test = compileMatch({ text: pattern });
      const fits = !pattern.sticky || pattern.source === "deploy" || pattern.flags.includes("i");
      expect([test(message), test(message), test(message)]).toEqual([fits, fits, fits]);
    }
  });
});
