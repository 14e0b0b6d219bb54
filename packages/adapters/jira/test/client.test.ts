import { describe, expect, expectTypeOf, it } from "vitest";
import { jira, type JiraClient, type JiraOptions, type JiraServerClient } from "../src/index.ts";
import { withDesk } from "./support/desk.ts";
import { site, world } from "./support/index.ts";

/** Where a request for our name goes, and what proves it. */
async function asked(
  options: JiraOptions,
  changes: Parameters<typeof world>[0] = {},
  account = "default",
): Promise<readonly (string | null)[]> {
  const calls: (string | null)[] = [];
  const context = world({
    ...changes,
    fetch: async (input, init) => {
      calls.push(input instanceof Request ? input.url : input.toString(), new Headers(init?.headers).get("authorization"));
      return new Response(JSON.stringify({ accountId: "1", name: "n" }));
    },
  });
  await jira(options).identify(account, context);
  return calls;
}

const basic = (words: string): string => `Basic ${Buffer.from(words).toString("base64")}`;

describe("a credential", () => {
  it.each<[string, JiraOptions, string, string]>([
    ["of the environment", {}, `${site}/rest/api/3/myself`, basic("bot@acme.example:api-token-1234")],
    ["an API token", { apiUrl: site, email: "é@b.c", token: "t-123456" }, `${site}/rest/api/3/myself`, basic("é@b.c:t-123456")],
    [
      "a personal access token",
      { apiUrl: "https://jira.acme.com/jira/", token: "pat-1234" },
      "https://jira.acme.com/jira/rest/api/2/myself",
      "Bearer pat-1234",
    ],
    [
      "a password of Data Center",
      { apiUrl: "https://jira.acme.com", email: "ada", token: "pw-1234" },
      "https://jira.acme.com/rest/api/2/myself",
      basic("ada:pw-1234"),
    ],
    [
      "OAuth",
      { cloudId: "c-1", accessToken: () => "at-1234" },
      "https://api.atlassian.com/ex/jira/c-1/rest/api/3/myself",
      "Bearer at-1234",
    ],
    [
      "OAuth by another gateway",
      { apiUrl: "http://127.0.0.1:1", cloudId: "c-1", accessToken: "at-1234" },
      "http://127.0.0.1:1/ex/jira/c-1/rest/api/3/myself",
      "Bearer at-1234",
    ],
  ])("%s", async (_, options, url, proof) => {
    expect(await asked(options)).toEqual([url, proof]);
  });

  it("is each account's own", async () => {
    const options = {
      accounts: { a: { apiUrl: site, email: "a@b.c" }, b: { apiUrl: "https://jira.acme.com", token: "b-token" } },
    };
    const secrets = { "TOKEN@a": "a-token" };
    expect(await asked(options, { secrets }, "a")).toEqual([`${site}/rest/api/3/myself`, basic("a@b.c:a-token")]);
    expect(await asked(options, { secrets }, "b")).toEqual(["https://jira.acme.com/rest/api/2/myself", "Bearer b-token"]);
    await expect(asked(options, { secrets }, "c")).rejects.toMatchObject({ code: "options.invalid" });
  });

  it("that is missing is asked for by name, and an address too", async () => {
    await expect(asked({}, { secrets: {} })).rejects.toThrow(/JIRA_EMAIL and JIRA_TOKEN/);
    await expect(asked({}, { settings: {} })).rejects.toThrow(/JIRA_API_URL/);
    await expect(asked({}, { settings: { API_URL: "https://jira.acme.com" } })).rejects.toThrow(/deployment: "dataCenter"/);
  });
});

describe("options", () => {
  it.each<[JiraOptions, RegExp]>([
    [{ apiUrl: "jira" }, /`apiUrl` is no address/],
    [{ siteUrl: "ftp://x" }, /`siteUrl` is no address/],
    [{ cloudId: "../x" }, /`cloudId`/],
    [{ webhookSecret: "" }, /`webhookSecret` is empty/],
    [{ webhookSecret: [] }, /`webhookSecret` is empty/],
    [{ accounts: { "": {} } }, /no name/],
    [{ accounts: { b: { apiUrl: "x" } } }, /of account b/],
  ])("%j are refused at once", (options, words) => {
    expect(() => jira(options)).toThrow(words);
  });

  it("say by the host how an account speaks", () => {
    const body = (apiUrl: string | undefined, more: JiraOptions = {}): unknown => {
      const options = { ...more, ...(apiUrl === undefined ? {} : { apiUrl }) };
      return jira(options).formatter.format(
        { kind: "issue.create", issue: { title: "x", body: "*y*" } },
        { platform: "jira", account: "default", room: "APP" },
      )["description"];
    };
    expect(body("https://jira.acme.com")).toBe("_y_");
    for (const cloud of [body(undefined), body(site), body("https://x.jira.com"), body("http://127.0.0.1:1", { cloudId: "c" })]) {
      expect(cloud).toMatchObject({ type: "doc" });
    }
    expect(body("https://fake-atlassian.net.example")).toBe("_y_");
  });
});

describe("who we are", () => {
  const identify = async (answer: object, options: JiraOptions = {}) =>
    await jira({ apiUrl: site, ...options }).identify(
      "default",
      world({ fetch: async () => new Response(JSON.stringify(answer)) }),
    );

  it("is a bot where Jira calls it an app, or we do", async () => {
    expect((await identify({ accountId: "1", accountType: "app", displayName: "D" })).user).toEqual({
      id: "1",
      kind: "bot",
      self: true,
      name: "D",
    });
    expect((await identify({ accountId: "1", accountType: "atlassian" })).user.kind).toBe("person");
    expect((await identify({ accountId: "1", accountType: "atlassian" }, { actsAs: "bot" })).user.kind).toBe("bot");
    expect((await identify({ name: "ada", key: "JIRAUSER1" }, { deployment: "dataCenter" })).user).toEqual({
      id: "ada",
      kind: "person",
      self: true,
      handle: "ada",
    });
    await expect(identify({})).rejects.toMatchObject({ code: "auth.failed" });
  });
});

describe("a redirect", () => {
  it("is not followed: what it leads to would get our request, and a POST would become a GET", async () => {
    await withDesk(async (desk) => {
      for (const status of [301, 307]) {
        desk.server.once("GET", /\/myself$/, { status, headers: { location: `${desk.server.url}/rest/api/3/field` } });
        await expect(desk.adapter.identify("default", desk.context)).rejects.toThrow(/another address/);
      }
      expect(desk.server.calls.map(({ path }) => path)).toEqual(["/rest/api/3/myself", "/rest/api/3/myself"]);
    });
  });
});

describe("client()", () => {
  it("is jira.js on Cloud, over our transport", async () => {
    await withDesk(async (desk) => {
      const client = await desk.adapter.client("default", desk.context);
      const created = await client.issues.createIssue({
        fields: { summary: "By hand", project: { key: "APP" }, issuetype: { id: "10001" } },
      });
      expect(created.key).toBe("APP-2");
      expect((await client.issues.getIssue({ issueIdOrKey: "APP-2" })).fields).toMatchObject({ summary: "By hand" });
      await expect(client.issues.getIssue({ issueIdOrKey: "../../myself" })).rejects.toMatchObject({ code: "options.invalid" });
      await expect(client.issues.getIssue({ issueIdOrKey: "APP-99" })).rejects.toMatchObject({ code: "target.gone" });
    });
  });

  it("is sendRequest on Data Center", async () => {
    await withDesk(
      async (desk) => {
        const { sendRequest } = await desk.adapter.client("default", desk.context);
        expect(await sendRequest({ url: "/rest/api/2/myself" })).toMatchObject({ name: "devflow" });
      },
      { cloud: false },
    );
  });

  it("has the type of what it is", () => {
    expectTypeOf(jira({ deployment: "dataCenter" }).client).returns.resolves.toEqualTypeOf<JiraServerClient>();
    expectTypeOf(jira().client).returns.resolves.toEqualTypeOf<JiraClient>();
    expectTypeOf<JiraClient>().toHaveProperty("issueComments");
    expectTypeOf<JiraServerClient>().not.toHaveProperty("issueComments");
  });

  it("outlives the call that asked for it", async () => {
    await withDesk(async (desk) => {
      const caller = new AbortController();
      const { sendRequest } = await desk.adapter.client(
        "default",
        world({ signal: caller.signal, settings: { EMAIL: "a@b.c" } }),
      );
      caller.abort();
      expect(await sendRequest({ url: "/rest/api/3/myself" })).toMatchObject({ displayName: "DevFlow" });
    });
  });
});

describe("a client of one's own", () => {
  it("is used for all that we ask, and its errors are read", async () => {
    const asks: object[] = [];
    const client = {
      async sendRequest<T>({ url, method }: { url: string; method?: string }): Promise<T> {
        asks.push({ url, method });
        if (url.endsWith("/comment")) throw Object.assign(new Error("x"), { status: 429, body: {}, retryAfterMs: 4_000 });
        return { accountId: "1" } as T;
      },
    };
    const adapter = jira({ client, siteUrl: site });
    const context = world({ settings: {}, secrets: {} });
    await adapter.identify("default", context);
    const to = { platform: "jira", account: "default", room: "APP", thread: "APP-1" };
    const sent = adapter.sender.send({ key: "k", kind: "message.post", to, body: { body: {} }, attempt: 1 }, context);
    await expect(sent).rejects.toMatchObject({ code: "rate.limited", retryAfterMs: 4_000 });
    expect(asks).toEqual([
      { url: "/rest/api/3/myself", method: "GET" },
      { url: "/rest/api/3/issue/APP-1/comment", method: "POST" },
    ]);
  });
});
