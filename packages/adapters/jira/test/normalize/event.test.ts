import { describe, expect, it } from "vitest";
import { eventsOf, identity, only, person, read, receive, site, world } from "../support/index.ts";
import { ada, bot, comment, commented, issue, moved, updated } from "../support/payloads.ts";

describe("an issue", () => {
  it("is read with all that the model has", async () => {
    const event = only(
      await eventsOf({
        webhookEvent: "jira:issue_created",
        user: ada,
        issue: issue({ security: { name: "Staff" }, parent: { key: "APP-1" } }),
      }),
      "issue.opened",
    );
    expect(event.issue).toEqual({
      kind: "issue",
      key: "APP-12",
      id: "10012",
      title: "It breaks",
      body: "When **saving**.",
      state: "open",
      status: "To Do",
      labels: ["web"],
      assignees: [],
      author: { id: ada.accountId, kind: "person", self: false, name: "Ada" },
      url: `${site}/browse/APP-12`,
      createdAt: Date.UTC(2026, 0, 1),
      updatedAt: Date.UTC(2026, 0, 1),
      confidential: true,
      type: "Bug",
      priority: "High",
      parent: "APP-1",
    });
    expect(event.conversation).toMatchObject({
      kind: "issue",
      title: "It breaks",
      url: `${site}/browse/APP-12`,
      address: { platform: "jira", account: "default", room: "APP", thread: "APP-12" },
      issue: { key: "APP-12" },
    });
  });

  it("is changed with before and after, by our names and by Jira's", async () => {
    const items = [
      { field: "summary", fieldId: "summary", fromString: "Old", toString: "It breaks" },
      { field: "description", fieldId: "description", fromString: null, toString: "When *saving*." },
      { field: "labels", fieldId: "labels", fromString: "", toString: "web api" },
      { field: "assignee", fieldId: "assignee", from: "712020:ada", fromString: "Ada", to: null, toString: null },
      { field: "IssueParentAssociation", fieldId: null, from: "1", fromString: "APP-1", to: "2", toString: "APP-2" },
      { field: "Story Points", fieldId: "customfield_10010", fromString: "3", toString: "5" },
      { field: "Link", from: null, fromString: null, to: "APP-3", toString: "This issue blocks APP-3" },
    ];
    expect(only(await eventsOf(updated(items)), "issue.updated").changes).toEqual({
      title: { from: "Old", to: "It breaks" },
      body: { from: "", to: "When **saving**." },
      labels: { from: [], to: ["web", "api"] },
      assignees: { from: [{ id: "712020:ada", kind: "person", self: false, name: "Ada" }], to: [] },
      parent: { from: "APP-1", to: "APP-2" },
      "Story Points": { from: "3", to: "5" },
      Link: { to: "This issue blocks APP-3" },
    });
  });

  it("reads no field that a changelog inherits", async () => {
    const { changes } = only(
      await eventsOf(updated([{ field: "summary", fieldId: "summary", fromString: "a" }])),
      "issue.updated",
    );
    expect(changes["title"]).toEqual({ from: "a" });
  });
});

describe("the category of a status", () => {
  const kindOf = async (items: readonly object[], at: "todo" | "doing" | "done", more: object = {}): Promise<string> =>
    (await eventsOf(updated(items, { issue: issue({}, at), ...more }))).map(({ kind }) => kind).join();

  it("decides what closes and what opens again", async () => {
    expect(await kindOf([moved("doing", "done")], "done")).toBe("issue.closed");
    expect(await kindOf([moved("done", "todo")], "todo")).toBe("issue.reopened");
    expect(await kindOf([moved("todo", "doing")], "doing")).toBe("issue.updated");
    expect(await kindOf([{ ...moved("done", "done"), fromString: "Resolved" }], "done")).toBe("issue.updated");
    const closed = only(
      await eventsOf(
        updated([moved("doing", "done")], { issue: issue({ resolutiondate: "2026-01-01T00:00:00.000+0000" }, "done") }),
      ),
      "issue.closed",
    );
    expect(closed.changes).toMatchObject({ state: { from: "open", to: "closed" }, status: { from: "In Progress", to: "Done" } });
    expect(closed.issue.closedAt).toBe(Date.UTC(2026, 0, 1));
  });

  it("of a status with a name of its own is asked of Jira", async () => {
    const named = (from: string) => ({
      field: "status",
      fieldId: "status",
      from: "77",
      fromString: from,
      to: "1",
      toString: "To Do",
    });
    const answers = (key: string) =>
      world({ fetch: async () => new Response(JSON.stringify([{ id: "77", statusCategory: { key } }])) });
    const kinds = async (from: string, key: string) =>
      (await eventsOf(updated([named(from)]), identity, {}, answers(key))).map(({ kind }) => kind);
    expect(await kinds("Verkauft", "done")).toEqual(["issue.reopened"]);
    expect(await kinds("Done", "indeterminate")).toEqual(["issue.updated"]);
    // Where Jira does not answer, its name is all there is.
    expect(await kindOf([named("Verkauft")], "todo")).toBe("issue.updated");
  });

  it("is told by the resolution where a transition leaves no other trace", async () => {
    const cleared = [{ field: "resolution", fieldId: "resolution", from: "1", fromString: "Done", to: null, toString: null }];
    expect(await kindOf(cleared, "todo", { issue_event_type_name: "issue_reopened" })).toBe("issue.reopened");
    expect(await kindOf(cleared, "todo")).toBe("issue.updated");
  });
});

describe("a comment", () => {
  it("is a message in its issue's conversation", async () => {
    const event = only(
      await eventsOf(commented({ body: "See *this*, [~accountid:712020:ada]", parentId: "19999" })),
      "message.created",
    );
    expect(event.message).toMatchObject({
      id: "20001",
      author: { id: ada.accountId, self: false },
      addressed: false,
      replyTo: { id: "19999" },
    });
    expect(event.message.text).toContain("See this");
    expect(event.conversation).toMatchObject({
      kind: "issue",
      address: { room: "APP", thread: "APP-12" },
      issue: { key: "APP-12" },
    });
  });

  it.each([
    ["wiki of Cloud", `hey [~accountid:${identity.user.id}]`],
    ["wiki of Data Center", `hey [~${identity.user.id}]`],
    [
      "a document",
      { type: "doc", content: [{ type: "paragraph", content: [{ type: "mention", attrs: { id: identity.user.id } }] }] },
    ],
  ])("is addressed by a mention in %s", async (_, body) => {
    expect(only(await eventsOf(commented({ body })), "message.created").message.addressed).toBe(true);
  });

  it("is not addressed by who begins the same", async () => {
    const body = `[~accountid:${identity.user.id}2] ${identity.user.id}`;
    expect(only(await eventsOf(commented({ body })), "message.created").message.addressed).toBe(false);
  });

  it("that came as a comment and as a change of its issue has one id, and one that came with a change makes two events", async () => {
    const twice = updated([], { issue_event_type_name: "issue_commented", comment: comment() });
    const [first, second] = await Promise.all([receive(commented()), receive(twice)]);
    expect(second.deliveries.map(({ id }) => id)).toEqual(first.deliveries.map(({ id }) => id));
    const both = await receive(updated([moved("doing", "done")], { issue: issue({}, "done"), comment: comment() }));
    expect(both.deliveries.map(({ id }) => id)[1]).toBe(first.deliveries[0]?.id);
    expect(read(both.deliveries).map(({ kind }) => kind)).toEqual(["issue.closed", "message.created"]);
  });

  it("that is edited again is another event each time, and the same one when it comes again", async () => {
    const edit = (minute: number) => commented({ updated: `2026-01-01T00:0${minute}:00.000+0000` }, "comment_updated");
    const ids = await Promise.all([1, 2, 1].map(async (minute) => (await receive(edit(minute))).deliveries[0]?.id));
    expect(ids[0]).toBe(ids[2]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it("has the files of its issue that it shows", async () => {
    const attachment = [
      { id: "1", filename: "shot.png", mimeType: "image/png", size: 7, content: "https://x/1" },
      { id: "2", filename: "log.txt", mimeType: "text/plain", content: "https://x/2" },
      { id: "3", filename: "other.txt", content: "https://x/3" },
    ];
    const payload = {
      ...commented({ body: "!shot.png|width=3! and [the log^log.txt] [^log.txt]" }),
      issue: issue({ attachment }),
    };
    expect(only(await eventsOf(payload), "message.created").message.attachments).toEqual([
      { kind: "image", source: { type: "remote", handle: "1" }, name: "shot.png", mediaType: "image/png", bytes: 7 },
      { kind: "file", source: { type: "remote", handle: "2" }, name: "log.txt", mediaType: "text/plain" },
    ]);
  });
});

describe("everything else", () => {
  it.each([
    ["worklog_created", { worklog: { id: "1", issueId: "10012", updateAuthor: ada } }, { room: "-", thread: "10012" }],
    ["sprint_started", { sprint: { id: 1, name: "S" } }, { room: "-" }],
    ["jira:version_released", { version: { id: "1", projectId: 10000 } }, { room: "10000" }],
    ["project_created", { project: { id: 1, key: "APP", name: "App" } }, { room: "APP" }],
    ["issue_property_set", { issue: issue(), property: { key: "other" } }, { room: "APP", thread: "APP-12" }],
  ])("%s keeps its name", async (webhookEvent, payload, address) => {
    const event = only(await eventsOf({ timestamp: 1_767_225_600_000, webhookEvent, ...payload }), "platform.event");
    expect(event.type).toBe(webhookEvent);
    expect(event.conversation.address).toEqual({ platform: "jira", account: "default", ...address });
    expect(event.raw).toMatchObject({ webhookEvent });
  });
});

describe("who did it", () => {
  it("is us for all that a bot's user does", async () => {
    expect(only(await eventsOf(commented({ author: bot })), "message.created").actor.self).toBe(true);
    expect(only(await eventsOf(updated([], { user: bot })), "issue.updated").actor.self).toBe(true);
    expect(only(await eventsOf(commented()), "message.created").actor.self).toBe(false);
  });

  it("is a person where the user is a person's, unless a mark says it was us", async () => {
    const { deliveries } = await receive(commented({ author: bot }));
    expect(read(deliveries, person)[0]?.actor.self).toBe(false);
    const marked = deliveries.map((delivery) => ({ ...delivery, via: "comment:own" }));
    expect(read(marked, person)[0]?.actor.self).toBe(true);
  });
});
