import { describe, expect, it } from "vitest";
import { change, draft, issue, onBench, project, world } from "../support/index.ts";

const post = (text: string, rest: object = {}) => ({ kind: "message.post" as const, draft: draft(text, rest) });
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;

describe("notes", () => {
  it("are posted with our marker and UUID, and have an id and an address", async () => {
    await onBench({}, async ({ send, said, server, context }) => {
      const receipt = await send(post("hi"));
      expect(said()).toMatchObject({ method: "POST", path: "/api/v4/projects/group%2Fapp/issues/5/notes" });
      expect(said().body["body"]).toMatch(/^hi\n\n<!-- devflow:[0-9a-f]{24} -->$/);
      expect(server.calls.at(-1)?.headers["x-gitlab-event-uuid"]).toMatch(uuid);
      expect(receipt).toMatchObject({
        at: context.clock.now(),
        messageId: "101",
        url: `${server.url}/group/app/-/issues/5#note_101`,
      });
    });
  });

  it("answer in a discussion, and on a commit", async () => {
    await onBench({}, async ({ send, said }) => {
      await send(post("hi"), { ...change, thread: "!5/abc1" });
      expect(said().path).toBe("/api/v4/projects/group%2Fapp/merge_requests/5/discussions/abc1/notes");
      const receipt = await send(post("hi"), { ...project, thread: `@${"e".repeat(40)}` });
      expect(receipt).toMatchObject({ messageId: "102", raw: { discussion: "d2" } });
    });
  });

  it("answer the note that they are to answer, where it is found", async () => {
    await onBench({}, async ({ send, said }) => {
      const { messageId = "" } = await send(post("first"));
      await send(post("answer", { replyTo: messageId }), issue, { key: "ev:1/1" });
      expect(said().path).toBe(`/api/v4/projects/group%2Fapp/issues/5/discussions/d${messageId}/notes`);
      await send(post("answer", { replyTo: "999" }), issue, { key: "ev:1/2" });
      expect(said().path).toBe("/api/v4/projects/group%2Fapp/issues/5/notes");
    });
  });

  it("are not doubled by a second attempt after the answer was lost", async () => {
    await onBench({}, async ({ send, emulator }) => {
      const first = await send(post("hi"));
      const again = await send(post("hi"), issue, { attempt: 2 });
      expect(again.messageId).toBe(first.messageId);
      await send(post("hi"), issue, { attempt: 2, key: "ev:1/1" });
      expect(emulator.state.notes).toHaveLength(2);
    });
  });

  it("need a place to talk", async () => {
    await onBench({}, async ({ send, server }) => {
      for (const to of [project, { ...project, thread: "" }, { ...project, thread: "12" }]) {
        await expect(send(post("hi"), to)).rejects.toMatchObject({ code: "operation.rejected" });
      }
      expect(server.calls).toEqual([]);
    });
  });

  it("are edited and deleted, and one that is gone is deleted", async () => {
    await onBench({}, async ({ send, said, server }) => {
      const edited = await send({ kind: "message.edit", messageId: "", draft: draft("new") }, issue, { messageId: "12" });
      expect(edited.messageId).toBe("12");
      expect(said()).toMatchObject({ method: "PUT", path: "/api/v4/projects/group%2Fapp/issues/5/notes/12" });
      await send({ kind: "message.delete", messageId: "" }, { ...change, thread: "!5/abc" }, { messageId: "12" });
      expect(said()).toMatchObject({ method: "DELETE", path: "/api/v4/projects/group%2Fapp/merge_requests/5/notes/12" });
      server.behave(() => ({ status: 404, body: { message: "404 Not found" } }));
      await send({ kind: "message.delete", messageId: "" }, issue, { messageId: "12" });
    });
  });

  it("are named by numbers alone: no id leads elsewhere", async () => {
    await onBench({}, async ({ send, server }) => {
      for (const messageId of ["", "../../5", "12/award_emoji", "#9"]) {
        await expect(send({ kind: "message.delete", messageId: "" }, issue, { messageId })).rejects.toMatchObject({
          code: "operation.rejected",
        });
      }
      expect(server.calls).toEqual([]);
    });
  });

  it("carry files, which are uploaded first", async () => {
    await onBench({}, async ({ send, said, server, context }) => {
      const key = await context.blobs.put(new TextEncoder().encode("picture"));
      const stored = { kind: "image" as const, source: { type: "stored" as const, key }, name: "a.png", mediaType: "image/png" };
      const there = {
        kind: "file" as const,
        source: { type: "remote" as const, handle: `group%2Fapp/${"b".repeat(32)}/b.txt` },
        name: "b.txt",
      };
      await send(post("look", { attachments: [stored, there] }), issue, { attachments: [stored, there] });
      expect(server.calls.map(({ method, url }) => `${method} ${url.split("/").at(-1)}`)).toEqual([
        "POST uploads",
        "GET b.txt",
        "POST uploads",
        "POST notes",
      ]);
      expect(server.calls[0]?.body).toContain('filename="a.png"');
      expect(server.calls[0]?.body).toContain("picture");
      expect(said().body["body"]).toMatch(/^look\n\n!\[file\]\(\/uploads\/a+\/file.png\)\n\n!\[file\]/);
      const gone = { ...stored, source: { type: "stored" as const, key: "nowhere" } };
      await expect(send(post("look", { attachments: [gone] }), issue, { attachments: [gone] })).rejects.toMatchObject({
        code: "target.gone",
      });
    });
  });

  it("carry no UUID where there is no secret to make it of", async () => {
    const context = world({ secrets: { TOKEN: "glpat-test-token-1" } });
    await onBench(
      {},
      async ({ send, server }) => {
        await send(post("hi"));
        expect(server.calls[0]?.headers["x-gitlab-event-uuid"]).toBeUndefined();
      },
      context,
    );
  });
});

describe("reactions", () => {
  const on = { messageId: "12" };

  it("are awarded once, and taken back", async () => {
    await onBench({}, async ({ send, emulator }) => {
      await send({ kind: "reaction.add", messageId: "", emoji: "👍" }, issue, on);
      await send({ kind: "reaction.add", messageId: "", emoji: "👍" }, issue, on);
      expect(emulator.state.awards).toMatchObject([
        { name: "thumbsup", path: "projects/group%2Fapp/issues/5/notes/12/award_emoji" },
      ]);
      await send({ kind: "reaction.remove", messageId: "", emoji: "👍" }, issue, on);
      await send({ kind: "reaction.remove", messageId: "", emoji: "👍" }, issue, on);
      expect(emulator.state.awards).toEqual([]);
    });
  });

  it("leave those of others alone", async () => {
    await onBench({}, async ({ send, emulator }) => {
      await send({ kind: "reaction.add", messageId: "", emoji: "👍" }, issue, on);
      Object.assign(emulator.state.awards[0] ?? {}, { user: { id: 8 } });
      await send({ kind: "reaction.remove", messageId: "", emoji: "👍" }, issue, on);
      expect(emulator.state.awards).toHaveLength(1);
    });
  });

  it("go to a description under the name of its thread", async () => {
    await onBench({}, async ({ send, said }) => {
      await send({ kind: "reaction.add", messageId: "", emoji: "eyes" }, { ...change, thread: "!5/abc" }, { messageId: "!5" });
      expect(said().path).toBe("/api/v4/projects/group%2Fapp/merge_requests/5/award_emoji");
    });
  });

  it("to a note that is not there fail", async () => {
    await onBench({}, async ({ send, server }) => {
      server.behave(() => ({ status: 404, body: { message: "404 Note Not Found" } }));
      await expect(send({ kind: "reaction.add", messageId: "", emoji: "eyes" }, issue, on)).rejects.toMatchObject({
        code: "target.gone",
      });
    });
  });
});
