import { scriptedServer, type HttpAnswer, type HttpCall, type ScriptedServer } from "@devflow/conformance";
import { parseMarkdown } from "@devflow/gateway/kit";
import type { Address, Operation, Outgoing, Receipt } from "@devflow/gateway/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { github, type GithubOptions } from "../src/index.ts";
import { isMarked, isMarkedBy, marked } from "../src/wire/index.ts";
import { account, issue, now, outgoing, room, told, world } from "./support/index.ts";

type Routes = Readonly<Record<string, (call: HttpCall) => HttpAnswer>>;

let server: ScriptedServer;
let routes: Routes = {};
const line: Address = { ...issue, thread: "12/345" };
const draft = (text: string) => ({ content: parseMarkdown(text), attachments: [] });
const made = { id: 501, number: 13, html_url: "https://github.com/octo/app/issues/13", state: "open", labels: [], assignees: [] };

beforeEach(async () => {
  routes = {};
  server = await scriptedServer((call) => {
    const path = `${call.method} ${call.url.split("?")[0]}`;
    const given = routes[path]?.(call);
    if (given === undefined && path === "GET /user") return { body: { login: "ada", id: 77, type: "User" } };
    return given ?? (call.method === "GET" ? { body: [] } : { body: made });
  });
});
afterEach(async () => await server.close());

async function send(
  operation: Operation,
  to: Address = issue,
  changes: Partial<Outgoing> = {},
  options: GithubOptions = {},
  context = world(),
): Promise<Receipt> {
  const adapter = github({ apiUrl: server.url, token: "ghp_1", ...options });
  return await adapter.sender.send(outgoing(operation, to, changes), context);
}
const calls = (): string[] => server.calls.map(({ method, url }) => `${method} ${decodeURIComponent(url)}`);
const body = (at = -1): Record<string, unknown> => JSON.parse(server.calls.at(at)?.body ?? "{}") as Record<string, unknown>;
const at = "/repos/octo/app";

describe("comments", () => {
  const post: Operation = { kind: "message.post", draft: draft("hi") };

  it("end with a comment that nobody sees, unless that is switched off", async () => {
    expect(told(await send(post, issue, { key: "e/1" }))).toEqual({ messageId: "501", url: made.html_url });
    const said = String(body()["body"]);
    expect([said.startsWith("hi\n\n<!--"), isMarked(said), isMarkedBy(said, "e/1"), isMarkedBy(said, "e/2")]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    await send(post, issue, {}, { marker: false });
    expect(body()).toEqual({ body: "hi" });
  });

  it("are looked for before they are written again, on issues and on lines", async () => {
    routes = {
      [`GET ${at}/issues/12/comments`]: () => ({
        body: [
          { id: 1, body: "hi" },
          { id: 400, body: marked("hi", "e/1") },
        ],
      }),
    };
    expect((await send(post, issue, { key: "e/1", attempt: 2 })).messageId).toBe("400");
    expect(calls()).toEqual([expect.stringContaining("since=2025-12-31")]);
    expect((await send(post, line, { key: "e/1", attempt: 2 })).messageId).toBe("501");
    expect(calls().at(-1)).toBe(`POST ${at}/pulls/12/comments/345/replies`);
  });

  it("that are gone need no deletion, and reactions that are not there no taking back", async () => {
    routes = { [`DELETE ${at}/issues/comments/9`]: () => ({ status: 404, body: {} }) };
    expect(told(await send({ kind: "message.delete", messageId: "" }, issue, { messageId: "9" }))).toEqual({});
    const unreact: Operation = { kind: "reaction.remove", messageId: "", emoji: "👍" };
    const reactions = (login: string) => ({
      [`GET ${at}/issues/comments/9/reactions`]: () => ({ body: [{ id: 3, content: "+1", user: { login } }] }),
    });
    routes = reactions("eve");
    await send(unreact, issue, { messageId: "9" });
    expect(calls().some((call) => call.startsWith("DELETE") && call.includes("reactions"))).toBe(false);
    routes = { ...reactions("Ada"), [`DELETE ${at}/issues/comments/9/reactions/3`]: () => ({ status: 204 }) };
    await send(unreact, issue, { messageId: "9" });
    expect(calls().at(-1)).toBe(`DELETE ${at}/issues/comments/9/reactions/3`);
  });

  it("need the id of what they change", async () => {
    await expect(send({ kind: "message.edit", messageId: "", draft: draft("x") })).rejects.toMatchObject({
      code: "operation.rejected",
    });
  });

  it("follow a repository that has moved", async () => {
    routes = {
      [`POST ${at}/issues/12/comments`]: () => ({
        status: 307,
        headers: { location: `${server.url}/repositories/1/issues/12/comments` },
      }),
      [`GET ${at}`]: () => ({ body: { full_name: "octo/new" } }),
    };
    await expect(send(post)).rejects.toMatchObject({ code: "target.moved", movedTo: { ...issue, room: "octo/new" } });
    const moved = outgoing(post);
    const adapter = github({ apiUrl: server.url, token: "t" });
    await adapter.sender.send({ ...moved, to: { ...issue, room: "octo/new" } }, world());
    expect(calls().at(-1)).toBe("POST /repos/octo/new/issues/12/comments");
  });
});

describe("issues", () => {
  it("say which labels and people GitHub left out", async () => {
    const context = world();
    routes = { [`POST ${at}/issues`]: () => ({ body: { ...made, labels: [{ name: "Bug" }], assignees: [] } }) };
    const receipt = await send(
      { kind: "issue.create", issue: { title: "t", labels: ["bug", "new"], assignees: ["ada"] } },
      room,
      {},
      {},
      context,
    );
    const notes = ['GitHub left out the label "new"', 'GitHub left out the assignee "ada"'];
    expect(receipt).toMatchObject({
      key: "octo/app#13",
      address: { ...room, thread: "13" },
      url: made.html_url,
      raw: { number: 13, notes },
    });
    expect(context.log.records).toMatchObject([{ level: "warn", fields: { room: "octo/app", notes } }]);
  });

  it("become part of another, and are not made twice", async () => {
    const create: Operation = { kind: "issue.create", issue: { title: "t", body: "b", parent: "octo/other#7" } };
    await send(create, room, { key: "e/1" });
    expect([calls().at(-1), body()]).toEqual(["POST /repos/octo/other/issues/7/sub_issues", { sub_issue_id: 501 }]);
    routes = {
      [`GET ${at}/issues`]: () => ({ body: [{ ...made, number: 9, body: marked("b", "e/1") }] }),
      "POST /repos/octo/other/issues/7/sub_issues": () => ({ status: 422, body: {} }),
    };
    expect((await send(create, room, { key: "e/1", attempt: 2 })).key).toBe("octo/app#9");
    const alone = await send(create, room, { key: "e/2" });
    expect(alone).toMatchObject({ key: "octo/app#13", raw: { notes: ["GitHub did not make it a part of octo/other#7"] } });
  });

  it("change their fields in one call and their lists in others, and a label that is not there is gone", async () => {
    routes = {
      [`DELETE ${at}/issues/12/labels/a%20b`]: () => ({ status: 404, body: {} }),
      [`POST ${at}/issues/12/labels`]: () => ({ body: [{ name: "new" }] }),
    };
    const update = { title: "t", labels: { add: ["new"], remove: ["a b"] }, assignees: { add: ["ada"] } };
    const receipt = await send({ kind: "issue.update", update });
    expect(calls()).toEqual([
      `PATCH ${at}/issues/12`,
      `POST ${at}/issues/12/labels`,
      `DELETE ${at}/issues/12/labels/a b`,
      `POST ${at}/issues/12/assignees`,
    ]);
    expect(receipt.raw).toMatchObject({ notes: ['GitHub left out the assignee "ada"'] });
  });

  it("never let a field of a handler lead the request, and its token, elsewhere", async () => {
    const fields = { url: "https://evil.example/", baseUrl: "https://evil.example", method: "DELETE", headers: { x: "y" } };
    await send({ kind: "issue.create", issue: { title: "t", fields } }, room);
    expect(server.calls[0]).toMatchObject({ method: "POST", url: `${at}/issues` });
    expect(body()).toMatchObject(fields);
  });
});

describe("pull requests", () => {
  it("that are merged already are merged, and those that cannot be are told so", async () => {
    const merge: Operation = { kind: "change.merge", merge: { method: "squash" } };
    routes = {
      [`PUT ${at}/pulls/12/merge`]: () => ({ status: 405, body: { message: "not mergeable" } }),
      [`GET ${at}/pulls/12`]: () => ({ body: { merged: true, merge_commit_sha: "c" } }),
    };
    expect(told(await send(merge))).toEqual({ raw: { sha: "c" } });
    routes = { ...routes, [`GET ${at}/pulls/12`]: () => ({ body: { merged: false } }) };
    await expect(send(merge)).rejects.toMatchObject({
      code: "operation.rejected",
      message: expect.stringContaining("not mergeable"),
    });
  });

  it("lose their branch on request, unless it is a fork's", async () => {
    const merge: Operation = { kind: "change.merge", merge: { deleteBranch: true } };
    const head = (full_name: string) => ({
      [`GET ${at}/pulls/12`]: () => ({ body: { head: { ref: "a/b", repo: { full_name } } } }),
    });
    routes = head("eve/app");
    await send(merge);
    expect(calls().some((call) => call.startsWith("DELETE"))).toBe(false);
    routes = head("Octo/app");
    await send(merge);
    expect(calls().at(-1)).toBe(`DELETE ${at}/git/refs/heads/a/b`);
  });

  it("are reviewed once: found by the review's text, or by its remarks", async () => {
    const comments = [{ path: "a", line: 1, body: "Why?" }];
    const review = (more: object): Operation => ({ kind: "review.submit", review: { verdict: "comment", ...more } });
    await send(review({ comments, body: "b" }), issue, { key: "e/1" });
    const sent = body() as { body: string; comments: { body: string }[] };
    expect([isMarkedBy(sent.body, "e/1"), isMarkedBy(sent.comments[0]?.body ?? "", "e/1")]).toEqual([true, true]);
    routes = {
      [`GET ${at}/pulls/12/reviews`]: () => ({ body: [{ id: 88, body: sent.body }] }),
      [`GET ${at}/pulls/12/comments`]: () => ({ body: [{ id: 1, pull_request_review_id: 89, body: sent.comments[0]?.body }] }),
    };
    expect((await send(review({ comments, body: "b" }), issue, { key: "e/1", attempt: 2 })).messageId).toBe("88");
    expect((await send(review({ comments }), issue, { key: "e/1", attempt: 2 })).messageId).toBe("89");
  });
});

describe("runs", () => {
  const run: Operation = { kind: "pipeline.run", run: { workflow: "d.yml", ref: "refs/heads/main" } };
  const path = `${at}/actions/workflows/d.yml`;
  const entry = (id: number, login = "ada") => ({
    id,
    html_url: `u/${id}`,
    actor: { login },
    created_at: new Date(now + id).toISOString(),
  });
  const list = (...runs: object[]) => ({ [`GET ${path}/runs`]: () => ({ body: { workflow_runs: runs } }) });

  it("give their id at once", async () => {
    routes = { [`POST ${path}/dispatches`]: () => ({ body: { workflow_run_id: 42, html_url: "u" } }) };
    expect(told(await send(run, room))).toEqual({ key: "42", url: "u" });
    expect(body()).toEqual({ ref: "refs/heads/main", return_run_details: true });
  });

  it("are looked for where an Enterprise Server cannot tell, and never taken for another's", async () => {
    const adapter = github({ apiUrl: `${server.url}/api/v3`, token: "t" });
    const context = world();
    routes = Object.fromEntries(
      Object.entries({
        "GET /user": () => ({ body: { login: "ada", id: 77 } }),
        [`POST ${path}/dispatches`]: () => ({ status: 204 }),
        ...list(entry(2, "eve"), entry(5), entry(3)),
      }).map(([route, answer]) => [route.replace(" ", " /api/v3"), answer]),
    );
    const start = async (key: string) => await adapter.sender.send(outgoing(run, room, { key }), context);
    expect([(await start("a")).key, (await start("b")).key]).toEqual(["3", "5"]);
    expect(JSON.parse(server.calls[0]?.body ?? "")).toEqual({ ref: "refs/heads/main" });
    expect(decodeURIComponent(server.calls[1]?.url ?? "")).toContain("branch=main&created=>=2025-12-31T23:59:00Z");
    const late = start("c");
    await expect.poll(() => context.clock.pending).toBeGreaterThan(0);
    await context.clock.advance(10_000);
    expect((await late).key).toBeUndefined();
  });

  it("start once although the first answer was lost", async () => {
    const context = world();
    routes = { [`POST ${path}/dispatches`]: () => ({ status: 502, body: {} }) };
    await expect(send(run, room, { key: "a" }, {}, context)).rejects.toMatchObject({ code: "platform.failed", retryable: true });
    routes = { ...routes, ...list(entry(3)) };
    expect((await send(run, room, { key: "a", attempt: 2 }, {}, context)).key).toBe("3");
  });

  it("start once although the first answer was lost and GitHub lists the run a moment later", async () => {
    const context = world();
    routes = { [`POST ${path}/dispatches`]: () => ({ status: 502, body: {} }) };
    await expect(send(run, room, { key: "a" }, {}, context)).rejects.toMatchObject({ code: "platform.failed" });
    routes = { [`POST ${path}/dispatches`]: () => ({ body: { workflow_run_id: 4 } }), ...list() };
    const second = send(run, room, { key: "a", attempt: 2 }, {}, context);
    const waits = async () => await expect.poll(() => context.clock.pending).toBeGreaterThan(0);
    await Promise.race([second, waits()]);
    routes = { ...routes, ...list(entry(3)) };
    await context.clock.advance(1_000);
    expect((await second).key).toBe("3");
    expect(calls().filter((call) => call.startsWith("POST"))).toHaveLength(1);
  });

  it("that have ended need no stopping, and those on their way no second retry", async () => {
    routes = {
      [`POST ${at}/actions/runs/42/cancel`]: () => ({ status: 409, body: {} }),
      [`POST ${at}/actions/runs/42/rerun`]: () => ({ status: 403, body: { message: "This workflow is already running" } }),
    };
    expect((await send({ kind: "pipeline.cancel", pipeline: "42" }, room)).key).toBe("42");
    await expect(send({ kind: "pipeline.retry", pipeline: "42" }, room)).rejects.toMatchObject({ code: "operation.rejected" });
    expect((await send({ kind: "pipeline.retry", pipeline: "42" }, room, { attempt: 2 })).key).toBe("42");
  });

  it("have a check of a name changed, if it is ours, and made otherwise", async () => {
    const check: Operation = { kind: "check.report", check: { name: "gate", sha: "abc", status: "running" } };
    const found = (slug: string) => ({
      [`GET ${at}/commits/abc/check-runs`]: () => ({ body: { check_runs: [{ id: 6, app: { slug } }] } }),
      "GET /user": () => ({ status: 403, body: {} }),
    });
    routes = found("other");
    const { Octokit } = await import("@octokit/core");
    const client = new Octokit({ baseUrl: server.url });
    const as = (slug: string) => ({ ...found(slug), "GET /app": () => ({ body: { slug: "devflow" } }) });
    routes = as("other");
    expect((await send(check, room, {}, { client })).key).toBe("501");
    expect(calls().at(-1)).toBe(`POST ${at}/check-runs`);
    routes = as("devflow");
    await send(check, { ...room, account: `${account}1` }, {}, { client });
    expect([calls().at(-1), body()]).toEqual([`PATCH ${at}/check-runs/6`, { name: "gate", status: "in_progress" }]);
  });
});
