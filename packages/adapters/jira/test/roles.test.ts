import { describe, expect, it } from "vitest";
import type { Issue } from "@devflow/gateway/contract";
import { draft, issue, project, withDesk } from "./support/desk.ts";
import { world } from "./support/index.ts";
import { jira } from "../src/index.ts";

async function all<T>(items: AsyncIterable<T> | undefined): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items ?? []) found.push(item);
  return found;
}

describe.each([true, false])("work (Cloud: %s)", (cloud) => {
  it("gets, lists and searches issues", async () => {
    await withDesk(
      async ({ adapter, context, server }) => {
        const { work } = adapter;
        expect(await work?.get(issue, context)).toMatchObject({ key: "APP-1", state: "open", url: `${server.url}/browse/APP-1` });
        expect(await work?.get({ ...issue, thread: "APP-99" }, context)).toBeUndefined();
        expect(await work?.get(project, context)).toBeUndefined();
        const keys = (items: readonly { readonly key: string }[]): readonly string[] => items.map(({ key }) => key);
        expect(keys(await all(work?.list(project, {}, context)))).toEqual(["APP-1", "APP-2"]);
        expect(keys(await all(work?.search('project = "APP" AND status = 5', "default", context)))).toEqual(["APP-2"]);
        expect(await all(work?.list(project, { kind: "change" }, context))).toEqual([]);
        expect(await work?.users("ada", project, context)).toContainEqual(
          expect.objectContaining({ kind: "person", self: false }),
        );
      },
      { cloud, standing: ["To Do", "Done"] },
    );
  });
});

describe("a list", () => {
  it("asks in JQL that no text of a handler can leave", async () => {
    const asked: string[] = [];
    const context = world({
      fetch: async (_, init) => {
        if (typeof init?.body === "string") asked.push((JSON.parse(init.body) as { readonly jql: string }).jql);
        return new Response(JSON.stringify({ accountId: "1", issues: [] }));
      },
    });
    const query = {
      state: "closed",
      labels: ['a" OR project = "B', "back\\slash"],
      assignee: "712020:ada",
      updatedSince: context.clock.now() - 90_000,
    } as const;
    await all(jira().work?.list(project, query, context));
    expect(asked).toEqual([
      'project = "APP" AND statusCategory = Done AND labels = "a\\" OR project = \\"B" AND labels = "back\\\\slash" AND assignee = "712020:ada" AND updated >= "-3m" ORDER BY updated DESC',
    ]);
    await expect(all(jira().work?.list({ ...project, room: 'A" OR 1' }, {}, context))).rejects.toMatchObject({
      code: "target.gone",
    });
  });

  it("reads page after page as it is asked for, by token on Cloud and by position on Data Center", async () => {
    for (const deployment of ["cloud", "dataCenter"] as const) {
      const pages: unknown[] = [];
      const context = world({
        fetch: async (_, init) => {
          if (typeof init?.body !== "string") return new Response(JSON.stringify({ accountId: "1", name: "n" }));
          const { nextPageToken, startAt } = JSON.parse(init.body) as {
            readonly nextPageToken?: string;
            readonly startAt?: number;
          };
          pages.push(nextPageToken ?? startAt);
          const issues = [{ key: `APP-${pages.length}`, id: "1", fields: {} }];
          return new Response(
            JSON.stringify({ issues, total: 3, ...(pages.length < 3 && { nextPageToken: `t${pages.length}` }) }),
          );
        },
      });
      const { work } = jira({ apiUrl: "https://jira.acme.com", deployment, token: "t-123456", email: "a" });
      const found: Issue[] = [];
      const readBefore: number[] = [];
      for await (const one of work?.search("x", "default", context) ?? []) {
        found.push(one as Issue);
        readBefore.push(pages.length);
      }
      expect(found.map(({ key }) => key)).toEqual(["APP-1", "APP-2", "APP-3"]);
      expect(readBefore).toEqual([1, 2, 3]);
      expect(pages).toEqual(deployment === "cloud" ? [undefined, "t1", "t2"] : [0, 1, 2]);
    }
  });

  it("leaves out what was changed in the same minute, but before", async () => {
    const context = world({
      fetch: async () =>
        new Response(
          JSON.stringify({
            accountId: "1",
            isLast: true,
            issues: [-10_000, 10_000].map((ms, at) => ({
              key: `APP-${at + 1}`,
              fields: { updated: new Date(Date.UTC(2026, 0, 1) + ms).toISOString() },
            })),
          }),
        ),
    });
    const found = await all(jira().work?.list(project, { updatedSince: Date.UTC(2026, 0, 1) }, context));
    expect(found.map(({ key }) => key)).toEqual(["APP-2"]);
  });
});

describe("the archive", () => {
  it("reads comments from the newest back, and knows ours", async () => {
    await withDesk(async (desk) => {
      for (const text of ["one", "two", "three"]) await desk.send({ kind: "message.post", draft: draft(text) }, { key: text });
      desk.server.state.issues.get("APP-1")?.comments.push({ id: "99999", body: "by hand", properties: [] });
      const history = await desk.adapter.archive?.history(issue, { limit: 2, before: "99999" }, desk.context);
      expect(history?.map(({ text }) => text)).toEqual(["two", "three"]);
      const newest = await desk.adapter.archive?.history(issue, { limit: 1 }, desk.context);
      expect(newest?.map(({ text }) => text)).toEqual(["by hand"]);
      expect(await desk.adapter.archive?.history(project, { limit: 1 }, desk.context)).toEqual([]);
    });
  });

  it("shows what was said to some alone to those who answer them, and to nobody who answers for everybody", async () => {
    await withDesk(async (desk) => {
      const visibility = { type: "role", value: "Developers" };
      desk.server.state.issues
        .get("APP-1")
        ?.comments.push(
          { id: "1", body: "for all", properties: [] },
          { id: "2", body: "for us", visibility, properties: [] },
          { id: "3", body: "for agents", jsdPublic: false, properties: [] },
        );
      const read = async (route?: object) => {
        const address = { ...issue, ...(route && { route: JSON.stringify(route) }) };
        return (await desk.adapter.archive?.history(address, { limit: 10 }, desk.context))?.map(({ text }) => text);
      };
      expect(await read()).toEqual(["for all"]);
      expect(await read({ visibility })).toEqual(["for all", "for us"]);
      expect(await read({ internal: true })).toEqual(["for all", "for agents"]);
    });
  });
});

describe.each([true, false])("the directory (Cloud: %s)", (cloud) => {
  it("knows users, projects and issues, and says of others that it does not", async () => {
    await withDesk(
      async ({ adapter, context, server }) => {
        const { directory } = adapter;
        expect(await directory?.user("712020:ada", "default", context)).toMatchObject({ id: "712020:ada", self: false });
        expect(await directory?.user("nobody", "default", context)).toBeUndefined();
        expect(await directory?.conversation(project, context)).toEqual({
          address: project,
          kind: "project",
          title: "App",
          url: `${server.url}/browse/APP`,
        });
        expect(await directory?.conversation(issue, context)).toMatchObject({
          kind: "issue",
          title: "Stands in To Do",
          issue: { key: "APP-1" },
        });
        expect(await directory?.conversation({ ...issue, thread: "APP-99" }, context)).toBeUndefined();
        expect(await directory?.conversation({ ...project, room: "-" }, context)).toBeUndefined();
      },
      { cloud },
    );
  });
});

describe.each([true, false])("files (Cloud: %s)", (cloud) => {
  it("come with our credentials from Jira and from nowhere else", async () => {
    await withDesk(
      async (desk) => {
        const key = await desk.context.blobs.put(Buffer.from("bytes"));
        const attachments = [{ kind: "file", name: "a.txt", source: { type: "stored", key } }] as const;
        await desk.send({ kind: "message.post", draft: draft("", { attachments }) }, { attachments });
        const handle = desk.server.state.issues.get("APP-1")?.files[0]?.id ?? "";
        const open = (source: object) =>
          desk.adapter.files?.open({ kind: "file", source } as never, "default", { maxBytes: 100 }, desk.context);
        expect(Buffer.from((await open({ type: "remote", handle })) ?? []).toString()).toBe("bytes");
        await expect(open({ type: "remote", handle: "../myself" })).rejects.toMatchObject({ code: "file.refused" });
        await expect(open({ type: "url", url: "file:///etc/passwd" })).rejects.toMatchObject({ code: "file.refused" });
        const plain = open({ type: "url", url: `${desk.server.url}/rest/api/${cloud ? 3 : 2}/attachment/content/${handle}` });
        await expect(plain).rejects.toMatchObject({ code: "file.refused" });
        const asked: string[] = [];
        const context = {
          ...desk.context,
          fetchPublic: async (url: string | URL) => (asked.push(String(url)), new Response("far")),
        };
        const far = { kind: "file", source: { type: "url", url: "https://far.example/a" } } as const;
        expect(Buffer.from((await desk.adapter.files?.open(far, "default", { maxBytes: 100 }, context)) ?? []).toString()).toBe(
          "far",
        );
        expect(asked).toEqual(["https://far.example/a"]);
      },
      { cloud },
    );
  });
});

describe("files of Data Center", () => {
  it("that are kept elsewhere get no credentials", async () => {
    await withDesk(
      async (desk) => {
        desk.server.once("GET", /\/attachment\/7$/, { body: { content: "https://elsewhere.example/a.txt" } });
        const opened = desk.adapter.files?.open(
          { kind: "file", source: { type: "remote", handle: "7" } },
          "default",
          { maxBytes: 9 },
          desk.context,
        );
        await expect(opened).rejects.toThrow(/elsewhere than at `apiUrl`/);
      },
      { cloud: false },
    );
  });
});
