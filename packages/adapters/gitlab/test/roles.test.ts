import { scriptedServer } from "@devflow/conformance";
import { describe, expect, it } from "vitest";
import { change, identity, issue, onBench, project } from "./support/index.ts";

const collect = async <T>(found: AsyncIterable<T> | undefined): Promise<T[]> => {
  const all: T[] = [];
  for await (const one of found ?? []) all.push(one);
  return all;
};

describe("archive", () => {
  const notes = [
    { id: 1, iid: 1, body: "first", author: { id: 42, username: "user1" }, created_at: "2026-01-01T00:00:00Z" },
    { id: 2, iid: 2, body: "changed the label", system: true, created_at: "2026-01-01T00:01:00Z" },
    {
      id: 3,
      iid: 3,
      body: "ours\n\n<!-- devflow:0123456789abcdef01234567 -->",
      author: { id: 7 },
      created_at: "2026-01-01T00:02:00Z",
    },
    { id: 4, iid: 4, body: "last", author: { id: 42 }, created_at: "2026-01-01T00:03:00Z" },
  ];

  it("reads notes, newest last, without those of GitLab", async () => {
    await onBench({}, async ({ adapter, context, emulator }) => {
      emulator.state.notes.push(...structuredClone(notes));
      const read = async (limit: number, before?: string, to = issue) =>
        (await adapter.archive?.history(to, { limit, ...(before !== undefined && { before }) }, context))?.map(
          ({ text, author }) => [text, author.self],
        );
      expect(await read(10)).toEqual([
        ["first", false],
        ["ours", true],
        ["last", false],
      ]);
      expect(await read(2)).toEqual([
        ["ours", true],
        ["last", false],
      ]);
      expect(await read(2, "3")).toEqual([["first", false]]);
      expect(await read(2, "4", { ...change, thread: "!5/d1" })).toEqual([
        ["first", false],
        ["ours", true],
      ]);
      expect(await read(2, undefined, project)).toEqual([]);
    });
  });

  it("shows internal notes to those who answer one, and to nobody who answers for everybody", async () => {
    await onBench({}, async ({ adapter, context, emulator }) => {
      emulator.state.notes.push(...structuredClone(notes), { id: 9, iid: 9, body: "for us", internal: true });
      const read = async (route?: string) =>
        (await adapter.archive?.history({ ...issue, ...(route && { route }) }, { limit: 10 }, context))?.map(({ text }) => text);
      expect(await read()).toEqual(["first", "ours", "last"]);
      expect(await read("internal")).toContain("for us");
    });
  });
});

describe("directory", () => {
  it("finds people by id and name", async () => {
    await onBench({}, async ({ adapter, context }) => {
      const user = (id: string) => adapter.directory?.user(id, "default", context);
      expect(await user("11")).toMatchObject({ id: "11", handle: "ada", self: false });
      expect(await user("@bob")).toMatchObject({ id: "12", handle: "bob" });
      expect(await user("99")).toBeUndefined();
      expect(await user("nobody")).toBeUndefined();
    });
  });

  it("finds conversations", async () => {
    await onBench({}, async ({ adapter, context, emulator }) => {
      emulator.state.issues.push({ id: 1, iid: 5, title: "It breaks", state: "opened", web_url: "http://gl/i" });
      emulator.state.changes.push({ id: 2, iid: 5, title: "Fix", state: "merged", source_branch: "fix", target_branch: "main" });
      const at = (thread?: string) =>
        adapter.directory?.conversation({ ...project, ...(thread !== undefined && { thread }) }, context);
      expect(await at("#5")).toMatchObject({
        kind: "issue",
        title: "It breaks",
        url: "http://gl/i",
        issue: { key: "group/app#5" },
      });
      expect(await at("!5/abc")).toMatchObject({ kind: "change", change: { merged: true }, address: { thread: "!5/abc" } });
      expect(await at()).toMatchObject({ kind: "project", title: "app" });
      expect(await at("#6")).toBeUndefined();
    });
  });
});

describe("work", () => {
  it("gets issues and changes", async () => {
    await onBench({}, async ({ adapter, context, emulator }) => {
      emulator.state.issues.push({
        id: 1,
        iid: 5,
        title: "It breaks",
        state: "closed",
        labels: ["bug"],
        references: { full: "group/app#5" },
      });
      expect(await adapter.work?.get(issue, context)).toMatchObject({
        kind: "issue",
        key: "group/app#5",
        state: "closed",
        labels: ["bug"],
      });
      expect(await adapter.work?.get(change, context)).toBeUndefined();
      expect(await adapter.work?.get(project, context)).toBeUndefined();
    });
  });

  it("lists what fits", async () => {
    await onBench({}, async ({ adapter, context, emulator, server }) => {
      emulator.state.changes.push(
        { id: 1, iid: 1, state: "merged" },
        { id: 2, iid: 2, state: "closed" },
        { id: 3, iid: 3, state: "opened" },
      );
      const found = await collect(adapter.work?.list(project, { kind: "change", state: "closed" }, context));
      expect(found.map(({ key }) => key)).toEqual(["group/app!1", "group/app!2"]);
      const query = { state: "open", labels: ["a", "b"], assignee: "ada", updatedSince: Date.UTC(2026, 0, 1) } as const;
      await collect(adapter.work?.list(project, query, context));
      const asked = new URL(server.calls.at(-1)?.url ?? "", "http://x");
      expect(Object.fromEntries(asked.searchParams)).toMatchObject({
        state: "opened",
        labels: "a,b",
        assignee_username: "ada",
        updated_after: "2026-01-01T00:00:00.000Z",
        order_by: "updated_at",
      });
    });
  });

  it("searches issues and changes of all projects", async () => {
    await onBench({}, async ({ adapter, context, emulator }) => {
      emulator.state.issues.push(
        { id: 1, iid: 1, title: "crash", references: { full: "a/b#1" } },
        { id: 2, iid: 2, title: "other" },
      );
      emulator.state.changes.push({ id: 3, iid: 3, title: "fix crash", references: { full: "a/c!3" } });
      const found = await collect(adapter.work?.search("crash", "default", context));
      expect(found.map(({ key }) => key)).toEqual(["a/b#1", "a/c!3"]);
    });
  });

  it("finds candidates, and how a run stands", async () => {
    await onBench({}, async ({ adapter, context }) => {
      expect(await adapter.work?.users("ad", project, context)).toMatchObject([{ id: "11", handle: "ada" }]);
      expect(await adapter.work?.pipeline?.("31", project, context)).toMatchObject({
        id: "31",
        status: "finished",
        passed: false,
        outcome: "failed",
      });
      expect(await adapter.work?.pipeline?.("1", project, context)).toBeUndefined();
    });
  });
});

describe("files", () => {
  it("are opened through the API, with credentials", async () => {
    await onBench({}, async ({ adapter, context, server }) => {
      const handle = `group%2Fapp/${"a".repeat(32)}/shot%201.png`;
      const bytes = await adapter.files?.open(
        { kind: "image", source: { type: "remote", handle } },
        "default",
        { maxBytes: 100 },
        context,
      );
      expect(new TextDecoder().decode(bytes)).toBe("bytes of a picture");
      expect(server.calls[0]?.url).toBe(`/api/v4/projects/group%2Fapp/uploads/${"a".repeat(32)}/shot%201.png`);
    });
  });

  it("may lie in a store elsewhere, which is told nothing", async () => {
    const store = await scriptedServer(() => ({ body: "bytes from afar" }));
    await onBench({}, async ({ adapter, context, server }) => {
      server.behave(() => ({ status: 302, headers: { location: `${store.url}/object?signature=x` } }));
      const source = { type: "remote" as const, handle: `a%2Fb/${"a".repeat(32)}/x.png` };
      const bytes = await adapter.files?.open({ kind: "image", source }, "default", { maxBytes: 100 }, context);
      expect(new TextDecoder().decode(bytes)).toBe("bytes from afar");
      expect(JSON.stringify(store.calls)).not.toContain("glpat");
      server.behave(() => ({ status: 302, headers: { location: "file:///etc/passwd" } }));
      const opened = adapter.files?.open({ kind: "image", source }, "default", { maxBytes: 100 }, context);
      await expect(opened).rejects.toMatchObject({ code: "operation.rejected" });
    });
    await store.close();
  });

  it("are refused where they are none of GitLab's", async () => {
    await onBench({}, async ({ adapter, context, server }) => {
      for (const handle of ["", "a/b/c", `a/${"a".repeat(32)}`, "../../user"]) {
        const opened = adapter.files?.open(
          { kind: "file", source: { type: "remote", handle } },
          "default",
          { maxBytes: 100 },
          context,
        );
        await expect(opened).rejects.toMatchObject({ code: "file.refused" });
      }
      expect(server.calls).toEqual([]);
    });
  });
});

describe("identity", () => {
  it("is asked for once a day where an id is all that is wanted", async () => {
    await onBench({}, async ({ adapter, context, server, send }) => {
      await send({ kind: "reaction.remove", messageId: "", emoji: "eyes" }, issue, { messageId: "1" });
      await send({ kind: "reaction.remove", messageId: "", emoji: "eyes" }, issue, { messageId: "1" });
      expect(server.calls.filter(({ url }) => url.endsWith("/user"))).toHaveLength(1);
      expect((await adapter.identify("default", context)).user.id).toBe(identity.user.id);
    });
  });
});
