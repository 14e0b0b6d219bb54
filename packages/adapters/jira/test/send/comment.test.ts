import type { Address } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { draft, issue, project, withDesk } from "../support/desk.ts";
import { eventsOf } from "../support/index.ts";
import { comment as told, issue as issuePayload } from "../support/payloads.ts";

const hello = { kind: "message.post", draft: draft("**hi**") } as const;

describe.each([true, false])("a comment (Cloud: %s)", (cloud) => {
  it("is posted with our mark, edited and deleted", async () => {
    await withDesk(
      async (desk) => {
        const { messageId = "", url, at } = await desk.send(hello);
        const comments = desk.server.state.issues.get("APP-1")?.comments ?? [];
        expect([messageId, url, at]).toEqual([
          comments[0]?.id,
          `${desk.server.url}/browse/APP-1?focusedCommentId=${messageId}`,
          desk.context.clock.now(),
        ]);
        expect(comments[0]?.properties).toEqual([
          { key: "devflow", value: { operation: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown } },
        ]);
        expect(JSON.stringify(comments[0]?.body)).toBe(
          cloud
            ? JSON.stringify({
                version: 1,
                type: "doc",
                content: [{ type: "paragraph", content: [{ type: "text", text: "hi", marks: [{ type: "strong" }] }] }],
              })
            : '"*hi*"',
        );
        await desk.send({ kind: "message.edit", messageId, draft: draft("bye") });
        expect(JSON.stringify(comments[0]?.body)).toContain("bye");
        await desk.send({ kind: "message.delete", messageId });
        await desk.send({ kind: "message.delete", messageId });
        expect(comments).toEqual([]);
      },
      { cloud },
    );
  });

  it("whose answer was lost is found again and not said twice", async () => {
    await withDesk(
      async (desk) => {
        await desk.send({ ...hello, draft: draft("another") }, { key: "other" });
        desk.server.once("POST", /\/comment$/, "drop");
        await expect(desk.send(hello)).rejects.toMatchObject({ code: "network.failed", retryable: true });
        const { messageId } = await desk.send(hello, { attempt: 2 });
        const comments = desk.server.state.issues.get("APP-1")?.comments ?? [];
        expect([comments.length, comments[1]?.id]).toEqual([2, messageId]);
      },
      { cloud },
    );
  });

  it("comes after its files, which stay when they are there already", async () => {
    await withDesk(
      async (desk) => {
        const key = await desk.context.blobs.put(Buffer.from("some bytes"));
        const attachments = [
          { kind: "file", name: "a/b.txt", mediaType: "text/plain", source: { type: "stored", key } },
        ] as const;
        const operation = { kind: "message.post", draft: draft("see", { attachments }) } as const;
        desk.server.once("POST", /\/comment$/, { status: 503 });
        await expect(desk.send(operation, { attachments })).rejects.toMatchObject({ code: "platform.failed" });
        await desk.send(operation, { attachments, attempt: 2 });
        const { files = [], comments = [] } = desk.server.state.issues.get("APP-1") ?? {};
        expect([files.map(({ filename, bytes }) => [filename, bytes]), comments.length]).toEqual([
          [["a_b.txt", "some bytes"]],
          1,
        ]);
        const only = await desk.send({ kind: "message.post", draft: draft("", { attachments }) }, { attachments, key: "k2" });
        expect(only.messageId).toBeUndefined();
        expect(only.url).toMatch(/\/secure\/attachment\/\d+/);
      },
      { cloud },
    );
  });
});

describe("a comment's native fields", () => {
  it("limit who sees it", async () => {
    await withDesk(async (desk) => {
      const visibility = { type: "role", value: "Developers" };
      await desk.send({ kind: "message.post", draft: draft("psst", { native: { jira: { visibility, internal: true } } }) });
      const [comment] = desk.server.state.issues.get("APP-1")?.comments ?? [];
      expect(comment?.visibility).toEqual(visibility);
      expect(comment?.properties.map(({ key }) => key)).toEqual(["sd.public.comment", "devflow"]);
    });
  });
});

describe("an answer to what not everybody sees", () => {
  const payload = { timestamp: 1, webhookEvent: "comment_created", issue: issuePayload() };
  const addressOf = async (changes: object): Promise<Address> => {
    const [event] = await eventsOf({ ...payload, comment: told(changes) });
    return { ...(event?.conversation.address ?? issue), thread: "APP-1" };
  };

  it("is for the same people, unless it says otherwise", async () => {
    await withDesk(async (desk) => {
      const visibility = { type: "role", value: "Developers" };
      const comments = (): readonly { properties: { key: string }[]; visibility?: unknown }[] =>
        desk.server.state.issues.get("APP-1")?.comments ?? [];
      await desk.send(hello, { to: await addressOf({ visibility }), key: "1" });
      await desk.send(hello, { to: await addressOf({ jsdPublic: false }), key: "2" });
      await desk.send(hello, { to: await addressOf({}), key: "3" });
      const open = { ...hello, draft: draft("all", { native: { jira: { internal: false } } }) };
      await desk.send(open, { to: await addressOf({ jsdPublic: false }), key: "4" });
      expect(comments().map((one) => [one.visibility, one.properties.map(({ key }) => key)])).toEqual([
        [visibility, ["devflow"]],
        [undefined, ["sd.public.comment", "devflow"]],
        [undefined, ["devflow"]],
        [undefined, ["devflow"]],
      ]);
    });
  });

  it("stays hidden when it is edited, and marks its issue as confidential", async () => {
    await withDesk(async (desk) => {
      const visibility = { type: "role", value: "Developers" };
      const { messageId = "" } = await desk.send(hello, { to: await addressOf({ visibility }) });
      await desk.send({ kind: "message.edit", messageId, draft: draft("better") });
      expect(desk.server.state.issues.get("APP-1")?.comments[0]).toMatchObject({ visibility });
      const [hidden] = await eventsOf({ ...payload, comment: told({ visibility }) });
      const [open] = await eventsOf({ ...payload, comment: told() });
      expect([hidden?.conversation.issue?.confidential, open?.conversation.issue?.confidential]).toEqual([true, undefined]);
    });
  });
});

describe("an address", () => {
  it("that is no issue never becomes a path", async () => {
    await withDesk(async (desk) => {
      for (const thread of ["", "../../user", "APP-1/../APP-2", "app-1", "APP-01", "APP"]) {
        await expect(desk.send(hello, { to: { ...issue, thread } })).rejects.toMatchObject({ code: "target.gone" });
      }
      for (const room of ["../x", "app", "-"]) {
        const operation = { kind: "issue.create", issue: { title: "x" } } as const;
        await expect(desk.send(operation, { to: { ...project, room } })).rejects.toMatchObject({ code: "target.gone" });
      }
      for (const messageId of ["", "../1", "1/2"]) {
        await expect(desk.send({ kind: "message.delete", messageId })).rejects.toMatchObject({ code: "operation.rejected" });
      }
      expect(desk.server.calls).toEqual([]);
    });
  });
});
