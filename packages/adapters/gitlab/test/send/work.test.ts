import { describe, expect, it } from "vitest";
import type { Operation } from "@devflow/gateway/contract";
import { change, issue, onBench, project } from "../support/index.ts";

const create = (title: string): Operation => ({
  kind: "issue.create",
  issue: { title, body: "Text.", assignees: ["ada", "12"] },
});

describe("issues", () => {
  it("are made, with the ids of people, and have a key and an address", async () => {
    await onBench({}, async ({ send, said }) => {
      const receipt = await send(create("It breaks"), project);
      expect(said().body).toMatchObject({ title: "It breaks", assignee_ids: [11, 12] });
      expect(receipt).toMatchObject({ key: "group/app#101", url: "http://gl/i", address: { ...project, thread: "#101" } });
    });
  });

  it("are not doubled by a second attempt", async () => {
    await onBench({}, async ({ send, emulator }) => {
      const first = await send(create("It breaks"), project);
      const again = await send(create("It breaks"), project, { attempt: 2 });
      expect(again.key).toBe(first.key);
      expect(emulator.state.issues).toHaveLength(1);
      await send(create("It breaks"), project, { attempt: 2, key: "another" });
      expect(emulator.state.issues).toHaveLength(2);
    });
  });

  it("cannot be given to somebody nobody knows", async () => {
    await onBench({}, async ({ send, emulator }) => {
      const operation: Operation = { kind: "issue.create", issue: { title: "x", assignees: ["nobody"] } };
      await expect(send(operation, project)).rejects.toThrow(/nobody is called nobody/);
      expect(emulator.state.issues).toEqual([]);
    });
  });

  it("block the bucket of the call that was limited, and no other", async () => {
    await onBench({}, async ({ send, server, emulator }) => {
      for (const [limited, bucket] of [
        ["users", "users"],
        ["issues", "issues"],
      ] as const) {
        server.behave((call) =>
          call.url.includes(`/${limited}`) ? { status: 429, body: { message: { error: "too often" } } } : emulator.respond(call),
        );
        await expect(send(create("x"), project)).rejects.toMatchObject({
          code: "rate.limited",
          bucket: `gitlab/default/${bucket}`,
          retryAfterMs: 60_000,
        });
      }
    });
  });

  it("are closed, and people added to those who are there", async () => {
    await onBench({}, async ({ send, emulator, said }) => {
      emulator.state.issues.push({ id: 1, iid: 5, state: "opened", assignees: [{ id: 12 }, { id: 13 }] });
      const update = { state: "closed", assignees: { add: ["ada"], remove: ["13"] } } as const;
      const receipt = await send({ kind: "issue.update", update });
      expect(said().body).toEqual({ state_event: "close", assignee_ids: [12, 11] });
      expect(receipt).toMatchObject({ key: "group/app#5", raw: { state: "closed" } });
      await send({ kind: "issue.update", update: { assignees: [] } });
      expect(said().body).toEqual({ assignee_ids: [0] });
      await send({ kind: "issue.update", update: { title: "New", labels: { add: ["a"] } } }, { ...change, thread: "!5/abc" });
      expect(said()).toMatchObject({
        path: "/api/v4/projects/group%2Fapp/merge_requests/5",
        body: { title: "New", add_labels: "a" },
      });
    });
  });

  it("are linked, and a link that is there is one", async () => {
    await onBench({}, async ({ send }) => {
      const link: Operation = { kind: "issue.link", link: { key: "other/app#7" } };
      expect(await send(link)).toMatchObject({ key: "other/app#7" });
      expect(await send(link)).toMatchObject({ key: "other/app#7" });
    });
  });
});

describe("changes", () => {
  const propose: Operation = { kind: "change.create", change: { title: "Fix", from: "fix", into: "main", reviewers: ["bob"] } };

  it("are proposed once", async () => {
    await onBench({}, async ({ send, said, emulator }) => {
      const receipt = await send(propose, project);
      expect(said().body).toMatchObject({ reviewer_ids: [12], source_branch: "fix" });
      expect(receipt).toMatchObject({ key: "group/app!101", address: { thread: "!101" } });
      expect(await send(propose, project, { attempt: 2 })).toMatchObject({ key: "group/app!101" });
      await expect(send(propose, project, { key: "another" })).rejects.toMatchObject({ code: "operation.rejected" });
      expect(emulator.state.changes).toHaveLength(1);
    });
  });

  it("are merged, and one that is merged is a success", async () => {
    await onBench({}, async ({ send, emulator }) => {
      emulator.state.changes.push({ id: 1, iid: 5, state: "opened", sha: "abc", detailed_merge_status: "mergeable" });
      expect(await send({ kind: "change.merge", merge: { sha: "abc" } }, change)).toMatchObject({ raw: { state: "merged" } });
      expect(await send({ kind: "change.merge", merge: {} }, change)).toMatchObject({ raw: { state: "merged" } });
    });
  });

  it("are not merged without the right, with newer commits, or while something is missing", async () => {
    await onBench({}, async ({ send, emulator }) => {
      const one = { id: 1, iid: 5, state: "opened", sha: "abc", detailed_merge_status: "mergeable" };
      const merging = async (state: object, merge = {}) => {
        emulator.state.changes.splice(0, 1, { ...one, ...state });
        return await send({ kind: "change.merge", merge }, change).catch((error: unknown) => error);
      };
      expect(await merging({ forbidden: true })).toMatchObject({
        code: "operation.rejected",
        retryable: false,
        message: expect.stringContaining("role"),
      });
      expect(await merging({}, { sha: "old" })).toMatchObject({
        code: "operation.rejected",
        message: expect.stringContaining("newer commits"),
      });
      expect(await merging({ detailed_merge_status: "discussions_not_resolved" })).toMatchObject({
        retryable: false,
        message: expect.stringContaining("discussions_not_resolved"),
      });
      expect(await merging({ detailed_merge_status: "checking" })).toMatchObject({ retryable: true, retryAfterMs: 5000 });
    });
  });
});

describe("reviews", () => {
  const comments = [
    { path: "a.ts", line: 3, body: "Why?", suggestion: "return 1" },
    { path: "a.ts", line: 404, side: "old" as const, body: "Gone?" },
    { path: "b.ts", line: 404, body: "Far away" },
  ];
  const review = (verdict: "approve" | "reject" | "comment", rest: object = {}): Operation => ({
    kind: "review.submit",
    review: { verdict, body: "Nearly.", comments, ...rest },
  });

  it("put remarks on lines, or name the line where GitLab takes none, and then approve", async () => {
    await onBench({}, async ({ send, server, emulator }) => {
      const refs = { base_sha: "base", start_sha: "start", head_sha: "head" };
      emulator.state.changes.push({ id: 1, iid: 5, state: "opened", diff_refs: refs });
      const receipt = await send(review("approve", { sha: "head" }), change);
      const said = server.calls
        .filter(({ method }) => method === "POST")
        .map(({ body }) => JSON.parse(body) as Record<string, unknown>);
      expect(said[0]).toMatchObject({
        position: { position_type: "text", ...refs, new_path: "a.ts", old_path: "a.ts", new_line: 3 },
      });
      expect(said[0]?.["body"]).toContain("```suggestion:-0+0\nreturn 1\n```");
      expect(said[1]).toMatchObject({ position: { old_line: 404 } });
      expect(said[3]?.["body"]).toMatch(/^`b\.ts:404`\n\nFar away/);
      expect(said.at(-1)).toEqual({ sha: "head" });
      expect(receipt.messageId).toBe(String(emulator.state.notes.at(-1)?.id));
    });
  });

  it("go on where the attempt before broke off", async () => {
    await onBench({}, async ({ send, emulator }) => {
      emulator.state.changes.push({ id: 1, iid: 5, state: "opened" });
      await send(review("comment"), change);
      const kept = emulator.state.notes.length;
      emulator.state.notes.splice(1, 1);
      await send(review("comment"), change, { attempt: 2 });
      expect(emulator.state.notes).toHaveLength(kept);
    });
  });

  it("approve once, and only with the right to", async () => {
    await onBench({}, async ({ send, emulator }) => {
      const bare: Operation = { kind: "review.submit", review: { verdict: "approve" } };
      emulator.state.changes.push({ id: 1, iid: 5, state: "opened" });
      await send(bare, change);
      await send(bare, change);
      emulator.state.changes.splice(0, 1, { id: 1, iid: 5, forbidden: true });
      await expect(send(bare, change)).rejects.toMatchObject({
        code: "operation.rejected",
        message: expect.stringContaining("approve"),
      });
    });
  });

  it("reject by taking an approval back, and by saying so", async () => {
    await onBench({}, async ({ send, server, emulator }) => {
      await send({ kind: "review.submit", review: { verdict: "reject" } }, change);
      expect(emulator.state.notes[0]?.["body"]).toMatch(/^Changes requested\./);
      expect(server.calls.at(-1)?.url).toMatch(/unapprove$/);
    });
  });
});

describe("projects that moved", () => {
  it("are named", async () => {
    await onBench({}, async ({ send, server }) => {
      server.behave(({ method }) =>
        method === "GET"
          ? { body: { id: 1, path_with_namespace: "group/new" } }
          : { status: 405, body: { message: "Non GET methods are not allowed for moved projects" } },
      );
      const moved = { ...issue, room: "group/new" };
      await expect(send({ kind: "issue.update", update: { state: "closed" } })).rejects.toMatchObject({
        code: "target.moved",
        movedTo: moved,
      });
    });
  });
});
