import { describe, expect, it } from "vitest";
import { printMarkdown } from "@devflow/gateway/kit";
import { marked } from "../../src/wire/index.ts";
import { identity, normalize, only, person } from "../support/index.ts";
import { bot, changeHook, emojiHook, issueHook, memberHook, noteHook, user } from "../support/payloads.ts";

describe("notes", () => {
  it("are messages in the conversation of what they stand on", () => {
    const event = only(normalize(noteHook({})), "message.created");
    expect(event).toMatchObject({
      at: Date.UTC(2026, 0, 1, 17, 6, 40),
      actor: { id: "42", kind: "person", self: false, name: "User1", handle: "user1" },
      conversation: {
        address: { platform: "gitlab", account: "default", room: "group/app", thread: "#5" },
        kind: "issue",
        title: "It breaks",
        url: "https://gl.example/sub/group/app/-/issues/5#note_1241",
        issue: { key: "group/app#5", id: "301", state: "open" },
      },
      message: { id: "1241", author: { id: "42" }, addressed: false, attachments: [] },
    });
    expect(event.message.text).toBe("Hello world, see #4 and @ada");
    expect(printMarkdown(event.message.content)).toBe(
      "Hello **world**, see [#4](https://gl.example/sub/group/app/-/issues/4) and [@ada](mention:user:ada)",
    );
  });

  it("have the thread of a discussion where there is one", () => {
    const thread = (note: object) => normalize(noteHook(note, { merge_request: { iid: 5, title: "Fix" } }))[0]?.conversation;
    expect(thread({ type: "DiffNote", discussion_id: "abc1" })).toMatchObject({ kind: "change", address: { thread: "!5/abc1" } });
    expect(thread({ type: "DiscussionNote", discussion_id: "abc1" })).toMatchObject({ address: { thread: "!5/abc1" } });
    expect(thread({ type: null, discussion_id: "abc1" })).toMatchObject({ address: { thread: "!5" } });
  });

  it("stand on commits and snippets too, and on what we cannot answer at", () => {
    expect(normalize(noteHook({}, { commit: { id: "e".repeat(40), title: "Fix" } }))[0]?.conversation).toMatchObject({
      kind: "channel",
      title: "Fix",
      address: { thread: `@${"e".repeat(40)}` },
    });
    expect(normalize(noteHook({}, { snippet: { id: 3 } }))[0]?.conversation.address.thread).toBe("$3");
    expect(only(normalize(noteHook({ noteable_type: "Epic" }, {})), "platform.event").type).toBe("note.create");
  });

  it("are confidential when they are internal, or their issue is", () => {
    const issueOf = (note: object, issue: object) =>
      normalize(noteHook(note, { issue: { iid: 5, ...issue } }))[0]?.conversation.issue;
    expect(issueOf({ internal: true }, {})?.confidential).toBe(true);
    expect(issueOf({}, { confidential: true })?.confidential).toBe(true);
    expect(issueOf({}, { confidential: false })?.confidential).toBeUndefined();
    expect(normalize({ ...noteHook({}), event_type: "confidential_note" })[0]?.conversation.issue?.confidential).toBe(true);
  });

  it("are for us when they name us", () => {
    const addressed = (note: string) => only(normalize(noteHook({ note })), "message.created").message.addressed;
    expect(addressed("@project_1_bot_x please")).toBe(true);
    expect(addressed("@project_1_bot_xy please")).toBe(false);
  });

  it("hold the uploads of their project, and nobody else's", () => {
    const key = "a".repeat(32);
    const note = [
      `![shot](/uploads/${key}/shot%201.png)`,
      `[log](https://gl.example/sub/group/app/uploads/${key}/a.log)`,
      `[v](https://gl.example/-/project/9/uploads/${key}/v.mp4)`,
      `[evil](https://evil.example/uploads/${key}/x.png) [other](https://gl.example/sub/b/c/uploads/${key}/y.png)`,
    ].join("\n");
    expect(only(normalize(noteHook({ note })), "message.created").message.attachments).toEqual([
      { kind: "image", source: { type: "remote", handle: `group%2Fapp/${key}/shot%201.png` }, name: "shot 1.png" },
      { kind: "file", source: { type: "remote", handle: `group%2Fapp/${key}/a.log` }, name: "a.log" },
      { kind: "video", source: { type: "remote", handle: `9/${key}/v.mp4` }, name: "v.mp4" },
    ]);
  });

  it("that somebody else edited keep their author", () => {
    const event = only(
      normalize(noteHook({ action: "update", author_id: 9, updated_at: "2026-01-01 18:00:00 UTC" })),
      "message.edited",
    );
    expect(event.actor.id).toBe("42");
    expect(event.message).toMatchObject({ author: { id: "9" }, editedAt: Date.UTC(2026, 0, 1, 18) });
    expect(event.at).toBe(Date.UTC(2026, 0, 1, 18));
  });
});

describe("our own doings", () => {
  const self = (payload: object, who = identity, via = "hook") => normalize(payload, who, via)[0]?.actor.self;

  it("are those of our bot", () => {
    expect(self(noteHook({ author_id: 7 }, { user: bot, issue: { iid: 5 } }))).toBe(true);
    expect(self(issueHook("close", {}, { user: bot }))).toBe(true);
    expect(self(issueHook("close"))).toBe(false);
  });

  it("of a person's token are those with our marker, and those that a write of ours caused", () => {
    expect(self(noteHook({}), person), "typed by hand").toBe(false);
    expect(self(noteHook({ note: marked("hi", "k") }), person)).toBe(true);
    expect(self(noteHook({ note: `${marked("hi", "k")} and more` }), person), "marker within").toBe(false);
    expect(self(issueHook("open"), person)).toBe(false);
    expect(
      self(issueHook("open", {}, { object_attributes: { iid: 5, action: "open", description: marked("x", "k") } }), person),
    ).toBe(true);
    expect(
      self(issueHook("close", {}, { object_attributes: { iid: 5, action: "close", description: marked("x", "k") } }), person),
      "closed by hand",
    ).toBe(false);
    expect(self(issueHook("close"), person, "own")).toBe(true);
  });

  it("are not those of somebody who copies our marker", () => {
    const other = { ...user, id: 43, username: "eve" };
    expect(self(noteHook({ note: marked("hi", "k"), author_id: 43 }, { user: other, issue: { iid: 5 } }), person)).toBe(false);
  });

  it("do not show the marker", () => {
    expect(only(normalize(noteHook({ note: marked("hi", "k") })), "message.created").message.text).toBe("hi");
    const attributes = { iid: 5, action: "open", description: marked("x", "k") };
    expect(only(normalize(issueHook("open", {}, { object_attributes: attributes })), "issue.opened").issue.body).toBe("x");
  });
});

describe("reactions", () => {
  it("are to notes", () => {
    const event = only(normalize(emojiHook("award")), "reaction.added");
    expect(event).toMatchObject({ messageId: "1241", emoji: "👍", conversation: { address: { thread: "#5" }, kind: "issue" } });
    expect(only(normalize(emojiHook("", { action: "award" }, { event_type: undefined })), "reaction.added").emoji).toBe("👍");
    expect(only(normalize(emojiHook("revoke", { name: "own_one" })), "reaction.removed").emoji).toBe("own_one");
  });

  it("are to descriptions, whose id is their thread", () => {
    const onIssue = emojiHook("award", { awardable_type: "Issue", awardable_id: 301 }, { note: undefined });
    expect(only(normalize(onIssue), "reaction.added").messageId).toBe("#5");
  });

  it("to what we have no place for are kept", () => {
    expect(only(normalize(emojiHook("award", {}, { issue: undefined })), "platform.event").type).toBe("emoji.award");
  });
});

describe("members", () => {
  it("come and go, whoever asked them", () => {
    const event = only(normalize(memberHook("user_add_to_group")), "member.joined");
    expect(event).toMatchObject({
      member: { id: "42", handle: "user1" },
      actor: { id: "", self: false },
      conversation: { kind: "project", address: { room: "group" } },
    });
    const us = only(normalize({ ...memberHook("user_add_to_group"), user_id: 7 }), "member.joined");
    expect(us.member.self).toBe(true);
    expect(us.actor.self, "news to handlers, although it is about us").toBe(false);
  });
});

describe("changes of a change", () => {
  it("are new commits too", () => {
    const event = only(normalize(changeHook("update", { oldrev: "a".repeat(40) })), "change.updated");
    expect(event.changes).toEqual({ sha: { from: "a".repeat(40), to: "b".repeat(40) } });
    expect(event.change).toMatchObject({
      key: "group/app!5",
      from: "fix",
      into: "main",
      sha: "b".repeat(40),
      merged: false,
      draft: false,
    });
  });
});
