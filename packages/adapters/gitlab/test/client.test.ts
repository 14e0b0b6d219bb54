import { describe, expect, it } from "vitest";
import { Gitlab } from "@gitbeaker/core";
import { createRequesterFn, defaultOptionsHandler } from "@gitbeaker/requester-utils";
import { scriptedServer } from "@devflow/conformance";
import { createClients } from "../src/client/index.ts";
import { gitlab } from "../src/index.ts";
import { readOptions } from "../src/options.ts";
import { draft, issue, onBench, project, world } from "./support/index.ts";

describe("credentials", () => {
  it("are a token, or an OAuth token as Bearer; the token wins where both are in the environment and one is an option", async () => {
    const headers = async (options: object, secrets: Record<string, string>) => {
      let seen: Readonly<Record<string, string>> = {};
      await onBench(options, async ({ adapter, server }) => {
        await adapter.identify("default", world({ secrets }));
        seen = server.calls[0]?.headers ?? {};
      });
      return [seen["private-token"], seen["authorization"]];
    };
    expect(await headers({}, { TOKEN: "glpat-1" })).toEqual(["glpat-1", undefined]);
    expect(await headers({}, { OAUTH_TOKEN: "oauth-1" })).toEqual([undefined, "Bearer oauth-1"]);
    expect(await headers({ oauthToken: () => Promise.resolve("fresh") }, {})).toEqual([undefined, "Bearer fresh"]);
    expect(await headers({ token: "glpat-2" }, { OAUTH_TOKEN: "oauth-1" })).toEqual(["glpat-2", undefined]);
  });

  it("are asked for each time, so that a fresh one counts at once", async () => {
    let count = 0;
    await onBench({ token: () => `glpat-${(count += 1)}` }, async ({ adapter, server, context }) => {
      await adapter.identify("default", context);
      await adapter.identify("default", context);
      expect(server.calls.map(({ headers }) => headers["private-token"])).toEqual(["glpat-1", "glpat-2"]);
    });
  });

  it("are those of the account", async () => {
    const [one, two] = [
      await scriptedServer(() => ({ body: { id: 1, username: "one" } })),
      await scriptedServer(() => ({ body: { id: 2, username: "two", bot: true } })),
    ];
    try {
      const adapter = gitlab({
        accounts: { one: { apiUrl: `${one.url}/gitlab/api/v4/`, token: "t-one-1" }, two: { apiUrl: two.url } },
      });
      const context = world({ secrets: { "TOKEN@two": "t-two-2" } });
      expect(await adapter.identify("one", context)).toMatchObject({
        user: { id: "1", kind: "person", self: true },
        title: `${one.url}/gitlab`,
      });
      expect(await adapter.identify("two", context)).toMatchObject({ user: { id: "2", kind: "bot" } });
      expect(one.calls[0]).toMatchObject({ url: "/gitlab/api/v4/user", headers: { "private-token": "t-one-1" } });
      expect(two.calls[0]).toMatchObject({ url: "/api/v4/user", headers: { "private-token": "t-two-2" } });
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });

  it("say whose they are", async () => {
    const kind = async (options: object, user: object) => {
      const server = await scriptedServer(() => ({ body: user }));
      const identity = await gitlab({ apiUrl: server.url, ...options }).identify("default", world());
      await server.close();
      return identity.user.kind;
    };
    expect(await kind({}, { id: 1, username: "ada" })).toBe("person");
    expect(await kind({}, { id: 1, username: "group_12_bot_ab12" })).toBe("bot");
    expect(await kind({ actsAs: "bot" }, { id: 1, username: "ada" })).toBe("bot");
    expect(await kind({ actsAs: "person" }, { id: 1, username: "ada", bot: true })).toBe("person");
    await expect(kind({}, {})).rejects.toMatchObject({ code: "auth.failed" });
  });
});

describe("the SDK's client", () => {
  it("is Gitbeaker's, and asks once", async () => {
    await onBench({}, async ({ adapter, context, server }) => {
      const client = await adapter.client("default", context);
      expect(client).toBeInstanceOf(Gitlab);
      expect(await adapter.client("default", context)).toBe(client);
      await client.IssueNotes.create("group/app", 5, "hello");
      expect(server.calls.at(-1)).toMatchObject({ url: "/api/v4/projects/group%2Fapp/issues/5/notes", body: '{"body":"hello"}' });
      server.behave(() => ({ status: 429, headers: { "retry-after": "7" }, body: { message: "later" } }));
      const before = server.calls.length;
      const error = (await client.Users.showCurrentUser().catch((one: unknown) => one)) as {
        cause: { response: Response; description: string; request: Request };
      };
      expect(server.calls.length - before).toBe(1);
      expect(error.cause.response.headers.get("retry-after")).toBe("7");
      expect([...error.cause.request.headers].map(([name]) => name)).toEqual([]);
    });
  });

  it("spells inputs as they are given, and keeps a trigger token out of the address", async () => {
    await onBench({}, async ({ adapter, context, said, server }) => {
      const client = await adapter.client("default", context);
      await client.Pipelines.create("group/app", "main", { inputs: { myInput: "a", envURL: "b" } } as never);
      expect(said().body).toEqual({ ref: "main", inputs: { myInput: "a", envURL: "b" } });
      await client.PipelineTriggerTokens.trigger("group/app", "main", "glptt-1");
      expect(said().body).toMatchObject({ token: "glptt-1", ref: "main" });
      expect(server.calls.at(-1)?.url).toBe("/api/v4/projects/group%2Fapp/trigger/pipeline");
    });
  });

  it("reads list after list, by the links that GitLab gives", async () => {
    const server = await scriptedServer(({ url, headers }) => {
      const page = new URL(url, "http://x").searchParams.get("page") ?? "1";
      const next = `<http://${headers["host"]}/api/v4/projects/1/issues?page=2>; rel="next"`;
      return { headers: { link: page === "1" ? next : "" }, body: [{ iid: Number(page) }] };
    });
    const client = await gitlab({ apiUrl: server.url }).client("default", world());
    expect(await client.Issues.all({ projectId: 1 })).toEqual([{ iid: 1 }, { iid: 2 }]);
    await server.close();
  });

  it("may be one that you have: its address and credentials count, its retries do not", async () => {
    await onBench({}, async ({ server, context }) => {
      let retried = 0;
      const requesterFn = createRequesterFn(defaultOptionsHandler as never, () => {
        retried += 1;
        throw new Error("not this way");
      });
      const own = new Gitlab({ host: server.url, oauthToken: "mine-12345", requesterFn });
      const adapter = gitlab({ client: own });
      expect(await adapter.client("default", context)).toBe(own);
      expect(await gitlab({ client: () => own }).client("default", context)).toBe(own);
      const body = adapter.formatter.format({ kind: "message.post", draft: draft("hi") }, issue);
      await adapter.sender.send({ key: "k", kind: "message.post", to: issue, body, attempt: 1 }, context);
      expect(server.calls.at(-1)?.headers["authorization"]).toBe("Bearer mine-12345");
      expect(retried).toBe(0);
    });
  });
});

describe("calls", () => {
  const clients = (apiUrl: string, timeoutMs = 1000) => createClients(readOptions({ apiUrl, timeoutMs }));

  it("ask whether anything has changed before they read it again, each account for itself", async () => {
    const server = await scriptedServer(({ headers }) =>
      headers["if-none-match"] === 'W/"1"'
        ? { status: 304 }
        : { headers: { etag: 'W/"1"' }, body: { id: 1, title: headers["private-token"] } },
    );
    const adapter = gitlab({
      accounts: { a: { apiUrl: server.url, token: "token-a" }, b: { apiUrl: server.url, token: "token-b" } },
    });
    const context = world();
    const titles = [];
    for (const account of ["a", "a", "b"]) titles.push((await adapter.work?.get({ ...issue, account }, context))?.title);
    expect(titles).toEqual(["token-a", "token-a", "token-b"]);
    expect(server.calls.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, 'W/"1"', undefined]);
    await server.close();
  });

  it("follow a read within the instance, and take no credentials elsewhere", async () => {
    const foreign = await scriptedServer(() => ({ body: { id: 9 } }));
    const server = await scriptedServer(({ url, method }) => {
      if (url.endsWith("/old") && method === "GET") return { status: 301, headers: { location: "/api/v4/new" } };
      if (url.endsWith("/new")) return { body: { id: 1 } };
      return { status: 302, headers: { location: `${foreign.url}/x` } };
    });
    const made = clients(server.url);
    expect(await made.object("default", { path: "old" }, world())).toEqual({ id: 1 });
    await expect(made.object("default", { path: "away" }, world())).rejects.toMatchObject({ code: "operation.rejected" });
    await expect(made.object("default", { method: "POST", path: "old", body: {} }, world())).rejects.toMatchObject({
      code: "operation.rejected",
    });
    expect(foreign.calls).toEqual([]);
    await Promise.all([server.close(), foreign.close()]);
  });

  it("end after their time, and when nobody wants them any more", async () => {
    const server = await scriptedServer("hang");
    const context = world();
    const asked = clients(server.url).object("default", { path: "user" }, context);
    await server.called();
    const late = asked.catch((error: unknown) => error);
    await context.clock.advance(1001);
    expect(await late).toMatchObject({ code: "network.failed", retryable: true });
    const caller = new AbortController();
    const second = clients(server.url).object("default", { path: "user" }, world({ signal: caller.signal }));
    await server.called();
    caller.abort();
    await expect(second).rejects.toMatchObject({ code: "network.failed", retryable: true });
    await server.close();
  });

  it("read lists page by page, as far as they are wanted", async () => {
    const server = await scriptedServer(({ url }) => {
      const page = Number(new URL(url, "http://x").searchParams.get("page"));
      return { headers: { "x-next-page": page < 3 ? String(page + 1) : "" }, body: [{ iid: page, id: page }] };
    });
    const adapter = gitlab({ apiUrl: server.url });
    const keys = [];
    for await (const { key } of adapter.work?.list(project, {}, world()) ?? []) {
      keys.push(key);
      if (keys.length === 2) break;
    }
    expect(keys).toEqual(["group/app#1", "group/app#2"]);
    expect(server.calls).toHaveLength(2);
    await server.close();
  });
});
