import { describe, expect, it } from "vitest";
import type { EventKind } from "@devflow/gateway/contract";
import { marked } from "../../src/wire/index.ts";
import { only, person } from "../support/index.ts";
import { ada, eve, app, item, comment, base, issues, said } from "../support/payloads.ts";

describe("issues", () => {
  it("are told whole, in their conversation", () => {
    const event = only("issue.opened", "issues", issues("opened"));
    expect(event.issue).toEqual({
      kind: "issue",
      key: "octo/app#12",
      id: "1200",
      title: "It breaks",
      body: "When\nsaving",
      state: "open",
      labels: ["bug", "ui"],
      assignees: [{ id: "77", kind: "person", self: false, name: "ada", handle: "ada" }],
      author: { id: "5", kind: "person", self: false, name: "eve", handle: "eve" },
      url: item.html_url,
      createdAt: Date.UTC(2026, 0, 1, 10),
      updatedAt: Date.UTC(2026, 0, 1, 11),
    });
    expect(event.conversation).toMatchObject({
      kind: "issue",
      title: "It breaks",
      url: item.html_url,
      issue: { key: "octo/app#12" },
      address: { room: "octo/app", thread: "12" },
    });
    expect(event.at).toBe(Date.UTC(2026, 0, 1, 10));
  });

  it.each<[string, object, object]>([
    ["edited", { changes: { title: { from: "Old" } } }, { title: { from: "Old", to: "It breaks" } }],
    ["edited", { changes: { body: { from: "" } } }, { body: { from: "", to: "When\nsaving" } }],
    ["labeled", { label: { name: "ui" } }, { labels: { from: ["bug"], to: ["bug", "ui"] } }],
    ["unlabeled", { label: { name: "old" } }, { labels: { from: ["bug", "ui", "old"], to: ["bug", "ui"] } }],
    ["assigned", { assignee: ada }, { assignees: { from: [], to: [{ handle: "ada" }] } }],
    ["unassigned", { assignee: eve }, { assignees: { from: [{ handle: "ada" }, { handle: "eve" }], to: [{ handle: "ada" }] } }],
    ["milestoned", { milestone: { title: "1.0" } }, { milestone: { to: "1.0" } }],
    ["typed", { type: { name: "Bug" } }, { type: { to: "Bug" } }],
    ["locked", {}, { locked: { from: false, to: true } }],
    ["field_added", { issue_field: { name: "Effort" }, issue_field_value: 3 }, { Effort: { to: 3 } }],
    [
      "transferred",
      { changes: { new_issue: { number: 3 }, new_repository: { full_name: "octo/new" } } },
      { key: { from: "octo/app#12", to: "octo/new#3" } },
    ],
  ])("%s say what changed", (action, more, changes) => {
    expect(only("issue.updated", "issues", issues(action, more)).changes).toMatchObject(changes);
  });

  it("close with a reason", () => {
    const closed = { ...item, state: "closed", state_reason: "not_planned", closed_at: "2026-01-02T00:00:00Z" };
    const event = only("issue.closed", "issues", { ...base, action: "closed", issue: closed });
    expect(event).toMatchObject({
      at: Date.UTC(2026, 0, 2),
      issue: { state: "closed", status: "not_planned" },
      changes: { state: { from: "open", to: "closed" }, status: { to: "not_planned" } },
    });
  });
});

describe("comments", () => {
  it("are messages in the conversation of their issue or pull request", () => {
    const event = only("message.created", "issue_comment", said("**hello** <!-- no --> `x`"));
    expect(event.message).toMatchObject({
      id: "501",
      text: expect.stringMatching(/^hello +x$/),
      addressed: false,
      sentAt: Date.UTC(2026, 0, 1, 12),
    });
    const pull = only("message.created", "issue_comment", said("hi", { issue: { ...item, pull_request: { url: "x" } } }));
    expect(pull.conversation).toMatchObject({ kind: "change", change: { kind: "change", key: "octo/app#12" } });
  });

  it("on lines are in the thread that they began or answer", () => {
    const payload = (more: object) => ({ ...base, action: "created", pull_request: item, comment: { ...comment, ...more } });
    expect(only("message.created", "pull_request_review_comment", payload({})).conversation.address.thread).toBe("12/501");
    const reply = only("message.created", "pull_request_review_comment", payload({ id: 502, in_reply_to_id: 501 }));
    expect(reply.conversation.address.thread).toBe("12/501");
    expect(reply.message.replyTo).toEqual({ id: "501" });
  });

  it.each<[string, boolean]>([
    ["@devflow go", true],
    ["please, @DevFlow", true],
    ["@devflow[bot] go", true],
    ["@devflow-next go", false],
    ["`@devflow`", false],
    ["mail devflow@devflow.example", false],
    ["devflow", false],
    ["<!-- @devflow -->", false],
  ])("that say %s are for us: %s", (body, addressed) => {
    expect(only("message.created", "issue_comment", said(body)).message.addressed).toBe(addressed);
  });

  it("that were edited say what they said before, and by whom they were edited", () => {
    const event = only("message.edited", "issue_comment", {
      ...said("new"),
      action: "edited",
      sender: ada,
      changes: { body: { from: "**old**" } },
    });
    expect(event).toMatchObject({ previousText: "old", actor: { handle: "ada" }, message: { author: { handle: "eve" } } });
    expect(only("message.deleted", "issue_comment", { ...said("x"), action: "deleted" }).messageId).toBe("501");
  });
});

describe("our own doings", () => {
  it("are an App's by its user, by its handle, and by its mark on what was made with its users' tokens", () => {
    const own = (payload: object, via = "issue_comment", kind: EventKind = "message.created"): boolean =>
      only(kind, via, payload).actor.self;
    expect(own({ ...said("x"), comment: { ...comment, user: app }, sender: app })).toBe(true);
    expect(own({ ...said("x"), comment: { ...comment, user: { ...app, id: 1 } } })).toBe(true);
    expect(own({ ...said("x"), comment: { ...comment, user: ada, performed_via_github_app: { slug: "devflow" } } })).toBe(true);
    expect(own({ ...said("x"), comment: { ...comment, user: ada, performed_via_github_app: { slug: "other" } } })).toBe(false);
    expect(own(issues("labeled", { sender: app, label: { name: "ui" } }), "issues", "issue.updated")).toBe(true);
    expect(
      own(issues("labeled", { sender: { login: "devflow", id: 3 }, label: { name: "ui" } }), "issues", "issue.updated"),
    ).toBe(false);
  });

  it("are a person's only where the marker fits the text: the same person writes by hand, and edits ours", () => {
    const own = (body: string, user = ada): boolean =>
      only("message.created", "issue_comment", said(body, { comment: { ...comment, user, body }, sender: user }), person).actor
        .self;
    expect(own("by hand")).toBe(false);
    expect(own(marked("by us", "key"))).toBe(true);
    expect(own(marked("by us", "key").replaceAll("\n", "\r\n"))).toBe(true);
    expect(own(marked("by us", "key").replace("by us", "changed by hand"))).toBe(false);
    expect(own(marked("copied by another", "key"), eve)).toBe(false);
    const opened = only(
      "issue.opened",
      "issues",
      issues("opened", { sender: ada, issue: { ...item, user: ada, body: marked("made", "k") } }),
      person,
    );
    expect([opened.actor.self, opened.issue.body]).toEqual([true, "made"]);
    expect(only("issue.updated", "issues", issues("labeled", { sender: ada, label: { name: "ui" } }), person).actor.self).toBe(
      false,
    );
  });
});

describe("pull requests", () => {
  const pull = {
    ...item,
    merged: false,
    draft: true,
    head: { ref: "fix", sha: "b".repeat(40), label: "octo:fix" },
    base: { ref: "main" },
  };
  const change = (action: string, more: object = {}) => ({ ...base, action, number: 12, pull_request: pull, ...more });

  it("are changes, with a fork's branch named by its owner", () => {
    expect(only("change.opened", "pull_request", change("opened")).change).toMatchObject({
      from: "fix",
      into: "main",
      draft: true,
      merged: false,
      sha: "b".repeat(40),
    });
    const fork = { ...pull, head: { ...pull.head, label: "eve:fix" } };
    expect(only("change.opened", "pull_request", change("opened", { pull_request: fork })).change.from).toBe("eve:fix");
  });

  it.each<[string, object, object]>([
    ["synchronize", { before: "a", after: "b" }, { sha: { from: "a", to: "b" } }],
    ["ready_for_review", {}, { draft: { from: true, to: false } }],
    ["review_requested", { requested_reviewer: ada }, { reviewers: { to: [{ handle: "ada" }] } }],
    ["review_requested", { requested_team: { name: "core" } }, { reviewers: { to: ["core"] } }],
    ["edited", { changes: { base: { ref: { from: "old" } } } }, { into: { from: "old", to: "main" } }],
  ])("%s say what changed", (action, more, changes) => {
    expect(only("change.updated", "pull_request", change(action, more)).changes).toMatchObject(changes);
  });

  it("are merged, or closed", () => {
    const merged = { ...pull, state: "closed", merged: true };
    expect(only("change.merged", "pull_request", change("closed", { pull_request: merged })).change).toMatchObject({
      merged: true,
      status: "merged",
    });
    expect(only("change.closed", "pull_request", change("closed")).changes).toMatchObject({ state: { to: "closed" } });
    expect(only("platform.event", "pull_request", change("enqueued")).type).toBe("pull_request.enqueued");
  });

  it.each([
    ["APPROVED", "approved"],
    ["changes_requested", "rejected"],
    ["commented", "commented"],
    ["dismissed", "withdrawn"],
  ])("are reviewed: %s is %s", (state, verdict) => {
    const review = { id: 80, state, body: "Nearly", user: eve, commit_id: "c", submitted_at: "2026-01-01T13:00:00Z" };
    const event = only("review.submitted", "pull_request_review", { ...change("submitted"), review });
    expect(event).toMatchObject({
      review: { id: "80", verdict, body: "Nearly", sha: "c" },
      change: { key: "octo/app#12" },
      at: Date.UTC(2026, 0, 1, 13),
    });
  });
});
