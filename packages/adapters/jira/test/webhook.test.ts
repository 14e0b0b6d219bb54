import { describe, expect, it } from "vitest";
import { draft, withDesk, type Desk } from "./support/desk.ts";
import { identity, person, read, receive as deliver, world } from "./support/index.ts";
import { ada, comment, moved } from "./support/payloads.ts";
import { me } from "./support/emulator/state.ts";

const human = { ...me, accountType: "atlassian" };

/** Hands a webhook to the adapter of a desk whose user is a person's. */
async function actors(desk: Desk, payload: object): Promise<readonly boolean[]> {
  const { deliveries } = await deliver(payload, { apiUrl: desk.server.url, deployment: "cloud" }, desk.context);
  return read(deliveries, person).map(({ actor }) => actor.self);
}

/** Makes the emulator's user a person's, as often as it is asked. */
function asPerson(desk: Desk): void {
  desk.server.once("GET", /\/myself$/, { body: human });
}

describe("a comment without its issue", () => {
  const bare = { ...comment(), self: "http://jira/rest/api/2/issue/10001/comment/20001" };

  it("gets the key that Jira knows, and remembers it", async () => {
    await withDesk(
      async (desk) => {
        const options = { apiUrl: desk.server.url };
        for (const webhookEvent of ["comment_created", "comment_updated"]) {
          const { deliveries } = await deliver({ webhookEvent, comment: bare }, options, desk.context);
          const [event] = read(deliveries);
          expect(event?.conversation.address).toMatchObject({ room: "APP", thread: "APP-1" });
          expect(JSON.parse(deliveries[0]?.body ?? "")).toMatchObject({ issue: { key: "APP-1" } });
        }
        expect(desk.server.calls.filter(({ path }) => path.endsWith("/issue/10001"))).toHaveLength(1);
      },
      { cloud: false },
    );
  });

  it("is kept under its issue's id when Jira does not answer", async () => {
    const { deliveries } = await deliver({ webhookEvent: "comment_created", comment: bare });
    const [event] = read(deliveries);
    expect([event?.kind, event?.conversation.address]).toEqual([
      "message.created",
      { platform: "jira", account: "default", room: "-", thread: "10001" },
    ]);
  });

  it("does not wait as long as the host does", async () => {
    let called = (): void => {};
    const waiting = new Promise<void>((resolve) => (called = resolve));
    const context = world({
      fetch: async (_, init) => {
        called();
        await new Promise((__, reject) => {
          if (init?.signal?.aborted === true) reject(new Error("aborted"));
          init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
        });
        return new Response("{}");
      },
    });
    const received = deliver({ webhookEvent: "comment_created", comment: bare }, {}, context);
    await waiting;
    await context.clock.advance(2_000);
    expect((await received).deliveries).toHaveLength(1);
  });
});

describe("what a person's user does", () => {
  const by = { author: human, updateAuthor: human };

  it("is ours where a comment bears our mark, and the person's where not", async () => {
    await withDesk(async (desk) => {
      asPerson(desk);
      const { messageId = "" } = await desk.send({ kind: "message.post", draft: draft("ours") });
      const issue = { key: "APP-1", id: "10001", fields: { summary: "x" } };
      const told = (id: string, webhookEvent = "comment_created"): object => ({
        webhookEvent,
        comment: comment({ ...by, id }),
        issue,
      });
      expect(await actors(desk, told(messageId))).toEqual([true]);
      expect(await actors(desk, told(messageId, "comment_updated"))).toEqual([true]);
      const comments = desk.server.state.issues.get("APP-1")?.comments;
      comments?.push({ id: "555", body: "by hand", properties: [] });
      expect(await actors(desk, told("555"))).toEqual([false]);
      expect(await actors(desk, { ...told("555"), comment: comment({ id: "555" }) })).toEqual([false]);
    });
  });

  it("is ours where we have just ordered a deletion, of which Jira does not say by whom it was", async () => {
    await withDesk(async (desk) => {
      const { messageId = "" } = await desk.send({ kind: "message.post", draft: draft("ours") });
      const gone = (id: string): object => ({
        webhookEvent: "comment_deleted",
        comment: comment({ id }),
        issue: { key: "APP-1", id: "10001" },
      });
      expect(await actors(desk, gone(messageId))).toEqual([false]);
      await desk.send({ kind: "message.delete", messageId });
      expect(await actors(desk, gone(messageId))).toEqual([true]);
    });
  });

  it("is ours where we have just written those fields, for a minute", async () => {
    await withDesk(async (desk) => {
      asPerson(desk);
      await desk.send({ kind: "issue.update", update: { labels: { add: ["x"] }, status: "In Progress" } });
      const told = (...items: readonly object[]): object => ({
        webhookEvent: "jira:issue_updated",
        user: human,
        issue: { key: "APP-1", id: "10001", fields: { summary: "x" } },
        changelog: { items },
      });
      const labels = { field: "labels", fieldId: "labels", fromString: "", toString: "x" };
      const summary = { field: "summary", fieldId: "summary", toString: "y" };
      expect(await actors(desk, told(labels))).toEqual([true]);
      expect(await actors(desk, told(moved("todo", "doing")))).toEqual([true]);
      expect(await actors(desk, told(labels, summary))).toEqual([false]);
      expect(await actors(desk, { ...told(labels), user: ada })).toEqual([false]);
      await desk.context.clock.advance(61_000);
      expect(await actors(desk, told(labels))).toEqual([false]);
    });
  });

  it("is ours where a new issue bears our mark", async () => {
    await withDesk(async (desk) => {
      asPerson(desk);
      const to = { platform: "jira", account: "default", room: "APP" };
      await desk.send({ kind: "issue.create", issue: { title: "ours" } }, { to });
      const told = (key: string): object => ({
        webhookEvent: "jira:issue_created",
        user: human,
        issue: { key, id: "1", fields: { summary: "x" } },
      });
      expect(await actors(desk, told("APP-2"))).toEqual([true]);
      expect(await actors(desk, told("APP-1"))).toEqual([false]);
    });
  });

  it("is not asked about where the user is a bot's", async () => {
    await withDesk(async (desk) => {
      const payload = { webhookEvent: "comment_created", comment: comment({ author: me }), issue: { key: "APP-1", id: "10001" } };
      const { deliveries } = await deliver(payload, { apiUrl: desk.server.url, deployment: "cloud" }, desk.context);
      expect(read(deliveries, identity)[0]?.actor.self).toBe(true);
      expect(desk.server.calls.map(({ path }) => path)).toEqual(["/rest/api/3/myself"]);
    });
  });
});

describe("a redelivery", () => {
  const payload = {
    webhookEvent: "jira:issue_updated",
    timestamp: 1,
    user: ada,
    issue: { id: "1", key: "APP-1", fields: {} },
    changelog: { id: "7", items: [] },
  };
  const idOf = async (change: object, header?: string): Promise<string | undefined> =>
    (
      await deliver(
        { ...payload, ...change },
        {},
        world(),
        header === undefined ? {} : { "x-atlassian-webhook-identifier": header },
      )
    ).deliveries[0]?.id;

  it("has the id that Jira gives it", async () => {
    expect(await idOf({}, "a1b2")).toBe("default/a1b2");
    expect(await idOf({}, "x".repeat(500))).toMatch(/^default\/[0-9a-f]{64}$/);
  });

  it("without one is known by what stays the same, whichever webhook tells of it", async () => {
    expect(await idOf({ matchedWebhookIds: [1] })).toBe(await idOf({ matchedWebhookIds: [2] }));
    expect(await idOf({ timestamp: 2 })).not.toBe(await idOf({}));
    expect(await idOf({ changelog: { id: "8", items: [] } })).not.toBe(await idOf({}));
  });
});
