import { scriptedServer, type HttpAnswer, type HttpCall, type ScriptedServer } from "@devflow/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { github } from "../src/index.ts";
import { account, issue, room, world } from "./support/index.ts";

type Query = Readonly<Record<string, string>>;

let server: ScriptedServer;
let routes: Readonly<Record<string, (query: Query, call: HttpCall) => unknown>> = {};

beforeEach(async () => {
  routes = {};
  server = await scriptedServer((call): HttpAnswer => {
    const url = new URL(call.url, "http://x");
    if (url.pathname === "/user") return { body: { login: "ada", id: 77, type: "User" } };
    const found = routes[url.pathname]?.(Object.fromEntries(url.searchParams), call);
    if (found === undefined) return { status: 404, body: { message: "Not Found" } };
    const page = Number(url.searchParams.get("page") ?? 1);
    const more = Array.isArray(found) && found.length === Number(url.searchParams.get("per_page"));
    return { body: found, headers: more ? { link: `<http://x${url.pathname}?page=${page + 1}>; rel="next"` } : {} };
  });
});
afterEach(async () => await server.close());

const make = () => github({ apiUrl: server.url, token: "t" });
const all = async <T>(items: AsyncIterable<T> | undefined, most = 1000): Promise<T[]> => {
  const out: T[] = [];
  for await (const one of items ?? []) if (out.push(one) >= most) break;
  return out;
};
const asked = (path: string): HttpCall[] => server.calls.filter(({ url }) => url.split("?")[0] === path);
const item = (number: number, more: object = {}) => ({
  number,
  id: number,
  title: `t${number}`,
  state: "open",
  labels: [],
  assignees: [],
  user: { login: "eve", id: 5, type: "User" },
  ...more,
});
const pull = (number: number) =>
  item(number, { head: { ref: "fix", label: "octo:fix", sha: "s" }, base: { ref: "main" }, merged: false });
const at = "/repos/octo/app";

describe("the work role", () => {
  it("lists issues without pull requests, page by page, as far as they are read", async () => {
    const page = (from: number, length: number) =>
      Array.from({ length }, (_, i) => item(from + i, (from + i) % 10 === 0 ? { pull_request: {} } : {}));
    routes = { [`${at}/issues`]: (query) => (query["page"] === undefined ? page(1, 100) : page(101, 20)) };
    expect(
      await all(
        make().work?.list(
          room,
          { state: "open", labels: ["a", "b"], assignee: "ada", updatedSince: Date.UTC(2026, 0, 1) },
          world(),
        ),
        3,
      ),
    ).toMatchObject([{ key: "octo/app#1" }, { key: "octo/app#2" }, { key: "octo/app#3" }]);
    expect(asked(`${at}/issues`)).toHaveLength(1);
    expect(Object.fromEntries(new URL(asked(`${at}/issues`)[0]?.url ?? "", "http://x").searchParams)).toEqual({
      per_page: "100",
      state: "open",
      sort: "updated",
      direction: "desc",
      labels: "a,b",
      assignee: "ada",
      since: "2026-01-01T00:00:00.000Z",
    });
    const found = await all(make().work?.list(room, {}, world()));
    expect(found).toHaveLength(108);
    expect(found.every(({ kind }) => kind === "issue")).toBe(true);
  });

  it("lists pull requests with their branches, also where the list has none", async () => {
    routes = {
      [`${at}/pulls`]: () => [pull(4)],
      [`${at}/issues`]: () => [item(1), item(5, { pull_request: {} })],
      [`${at}/pulls/5`]: () => pull(5),
    };
    expect(await all(make().work?.list(room, { kind: "change", state: "closed" }, world()))).toMatchObject([
      { kind: "change", key: "octo/app#4", from: "fix", into: "main" },
    ]);
    expect(await all(make().work?.list(room, { kind: "change", labels: ["x"] }, world()))).toMatchObject([
      { kind: "change", key: "octo/app#5", from: "fix" },
    ]);
    expect(asked(`${at}/pulls`)[0]?.url).toContain("state=closed");
  });

  it("gets an issue or a pull request, also where issues are switched off, and nothing where nothing is", async () => {
    routes = {
      [`${at}/issues/12`]: () =>
        item(12, { type: { name: "Bug" }, parent_issue_url: "https://api.github.com/repos/octo/other/issues/7" }),
      [`${at}/pulls/13`]: () => pull(13),
    };
    expect(await make().work?.get(issue, world())).toMatchObject({
      kind: "issue",
      type: "Bug",
      parent: "octo/other#7",
      author: { handle: "eve" },
    });
    expect(await make().work?.get({ ...issue, thread: "13" }, world())).toMatchObject({ kind: "change", into: "main" });
    expect(await make().work?.get({ ...issue, thread: "14" }, world())).toBeUndefined();
    expect(await make().work?.get(room, world())).toBeUndefined();
  });

  it("searches in GitHub's words, over all repositories", async () => {
    routes = {
      "/search/issues": ({ q }) => ({
        items: [
          item(3, { title: q, repository_url: "https://api.github.com/repos/octo/other" }),
          item(4, {
            repository_url: "https://api.github.com/repos/octo/app",
            pull_request: { merged_at: "2026-01-01T00:00:00Z" },
          }),
        ],
      }),
    };
    expect(await all(make().work?.search("is:open crash", account, world()))).toMatchObject([
      { kind: "issue", key: "octo/other#3", title: "is:open crash" },
      { kind: "change", key: "octo/app#4", merged: true },
    ]);
  });

  it("finds people to assign, and how a run stands", async () => {
    routes = {
      [`${at}/assignees`]: () => ["ada", "Adam", "eve"].map((login, id) => ({ login, id: id + 77, type: "User" })),
      [`${at}/actions/runs/42`]: () => ({ id: 42, name: "CI", status: "in_progress", conclusion: null, head_branch: "main" }),
    };
    expect(await make().work?.users("@AD", room, world())).toMatchObject([
      { handle: "ada", self: true },
      { handle: "Adam", self: false },
    ]);
    expect(await make().work?.pipeline?.("42", room, world())).toMatchObject({ id: "42", status: "running", ref: "main" });
    expect(await make().work?.pipeline?.("43", room, world())).toBeUndefined();
  });
});

describe("the archive", () => {
  const comment = (id: number, more: object = {}) => ({
    id,
    body: `c${id}`,
    user: { login: "eve", id: 5 },
    created_at: "2026-01-01T10:00:00Z",
    ...more,
  });
  const page = (number: number) => Array.from({ length: number === 3 ? 50 : 100 }, (_, i) => comment((number - 1) * 100 + i + 1));

  it("reads the newest comments from the last page on, and those before one", async () => {
    routes = {
      [`${at}/issues/12`]: () => item(12, { comments: 250 }),
      [`${at}/issues/12/comments`]: ({ page: number = "1" }) => page(Number(number)),
    };
    const ids = async (limit: number, before?: string): Promise<string[] | undefined> =>
      (await make().archive?.history(issue, { limit, ...(before === undefined ? {} : { before }) }, world()))?.map(
        ({ id }) => id,
      );
    expect(await ids(3)).toEqual(["248", "249", "250"]);
    expect(asked(`${at}/issues/12/comments`)).toHaveLength(1);
    expect(await ids(3, "202")).toEqual(["199", "200", "201"]);
    expect((await ids(60))?.slice(0, 1)).toEqual(["191"]);
    expect(await ids(5, "3")).toEqual(["1", "2"]);
  });

  it("reads a thread on lines, and nothing of a repository", async () => {
    routes = {
      [`${at}/pulls/12/comments`]: () => [
        comment(9, { in_reply_to_id: 345 }),
        comment(8, { in_reply_to_id: 1 }),
        comment(345),
        comment(1),
      ],
    };
    expect((await make().archive?.history({ ...issue, thread: "12/345" }, { limit: 5 }, world()))?.map(({ id }) => id)).toEqual([
      "345",
      "9",
    ]);
    expect(await make().archive?.history(room, { limit: 5 }, world())).toEqual([]);
  });
});

describe("the directory", () => {
  it("knows people by number and login, for an hour, account by account", async () => {
    routes = {
      "/user/5": () => ({ login: "eve", id: 5, type: "User", name: "Eve" }),
      "/users/ada": () => ({ login: "ada", id: 77, type: "User" }),
    };
    const [adapter, context] = [make(), world()];
    const look = async (id: string, on = account): Promise<unknown> => await adapter.directory?.user(id, on, context);
    expect(await look("5")).toEqual({ id: "5", kind: "person", self: false, name: "Eve", handle: "eve" });
    expect(await look("ada")).toMatchObject({ id: "77", self: true });
    expect(await look("nobody")).toBeUndefined();
    await look("5");
    expect(asked("/user/5")).toHaveLength(1);
    await look("5", "other");
    await context.clock.advance(3_700_000);
    await look("5");
    expect(asked("/user/5")).toHaveLength(3);
  });
});
