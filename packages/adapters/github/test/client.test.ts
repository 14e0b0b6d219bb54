import { scriptedServer, type HttpAnswer, type HttpCall, type ScriptedServer } from "@devflow/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { github } from "../src/index.ts";
import { issue, privateKey, room, world } from "./support/index.ts";

let servers: ScriptedServer[] = [];
let minted = 0;

/** A GitHub that makes tokens and says who asked with which. */
function respond(call: HttpCall): HttpAnswer {
  const authorization = call.headers["authorization"] ?? "";
  const [, installation] = /installations\/(\d+)\/access_tokens/.exec(call.url) ?? [];
  if (installation !== undefined)
    return { status: 201, body: { token: `ghs_${installation}_${++minted}`, expires_at: "2026-01-01T01:00:00Z" } };
  if (call.url === "/app") return { body: { slug: "devflow", name: "DevFlow", id: 1 } };
  if (call.url.startsWith("/users/")) return { body: { login: "devflow[bot]", id: 9001 } };
  if (call.url === "/user") return { body: { login: "ada", id: 77, type: "User", name: "Ada" } };
  return { headers: { etag: `"${authorization}"` }, body: { id: 1, number: 12, full_name: authorization, login: "x" } };
}

async function server(behaviour = respond): Promise<ScriptedServer> {
  const one = await scriptedServer(behaviour);
  servers.push(one);
  return one;
}
beforeEach(() => {
  servers = [];
  minted = 0;
});
afterEach(async () => void (await Promise.all(servers.map(async (one) => await one.close()))));

const app = (url: string, appId = "1"): ReturnType<typeof github> => github({ apiUrl: url, appId, privateKey });
const auths = (one: ScriptedServer, path: string): (string | undefined)[] =>
  one.calls.filter(({ url }) => url.startsWith(path)).map(({ headers }) => headers["authorization"]);

describe("a client", () => {
  it("sends the token, the version of the API, and nothing to anybody else", async () => {
    const one = await server();
    const adapter = github({ apiUrl: `${one.url}/api/v3`, token: "ghp_1" });
    await adapter.directory?.conversation(room, world());
    expect(one.calls[0]).toMatchObject({
      url: "/api/v3/repos/octo/app",
      headers: { authorization: "token ghp_1", "x-github-api-version": "2022-11-28" },
    });
  });

  it("names in its errors what was asked for", async () => {
    const one = await server((call) => (call.url.startsWith("/repos/") ? { status: 500, body: {} } : respond(call)));
    const adapter = github({ apiUrl: one.url, token: "ghp_1" });
    await expect(adapter.directory?.conversation(room, world())).rejects.toThrow("GET /repos/octo/app ");
  });

  it("takes tokens by account, from options or the environment, and says when there is none", async () => {
    const one = await server();
    const named = github({ apiUrl: one.url, token: (account) => (account === "a" ? "ghp_a" : undefined) });
    await named.directory?.conversation({ ...room, account: "a" }, world());
    expect(auths(one, "/repos")).toEqual(["token ghp_a"]);
    await expect(named.directory?.conversation({ ...room, account: "b" }, world())).rejects.toMatchObject({
      code: "secret.missing",
    });
    await expect(github({ apiUrl: one.url }).identify("x", world({ secrets: {} }))).rejects.toThrow("GITHUB_TOKEN");
    const half = world({ secrets: {}, settings: { APP_ID: "1" } });
    await expect(github({ apiUrl: one.url }).identify("x", half)).rejects.toThrow("GITHUB_PRIVATE_KEY");
  });

  it("makes one token for all who ask at once, uses it for as long as it lasts, and no longer", async () => {
    const one = await server();
    const [adapter, context] = [app(one.url), world()];
    await Promise.all(
      [1, 2, 3].map(async (number) => await adapter.work?.get({ ...issue, account: "7", thread: String(number) }, context)),
    );
    expect(minted).toBe(1);
    await context.clock.advance(54 * 60_000);
    await adapter.directory?.conversation({ ...room, account: "7" }, context);
    expect(minted).toBe(1);
    await context.clock.advance(2 * 60_000);
    await adapter.directory?.conversation({ ...room, account: "7" }, context);
    expect(minted).toBe(2);
    expect(auths(one, "/repos/octo/app").at(-1)).toBe("token ghs_7_2");
  });

  it("never mixes installations, Apps or hosts that have the same number", async () => {
    const [one, two] = [await server(), await server()];
    const context = world();
    const look = async (adapter: ReturnType<typeof github>, account: string): Promise<unknown> =>
      (await adapter.directory?.conversation({ ...room, account }, context))?.title;
    const titles = await Promise.all([
      look(app(one.url), "7"),
      look(app(two.url), "7"),
      look(app(one.url, "2"), "7"),
      look(app(one.url), "8"),
    ]);
    expect(new Set(titles).size).toBe(4);
    expect(minted).toBe(4);
  });

  it("asks for a new token once when GitHub refuses one before its time, and tries again later when it does not know the new one yet", async () => {
    let refusals = 1;
    const one = await server((call) =>
      call.url.startsWith("/repos") && refusals-- > 0 ? { status: 401, body: { message: "Bad credentials" } } : respond(call),
    );
    const adapter = app(one.url);
    await adapter.directory?.conversation({ ...room, account: "7" }, world());
    expect(auths(one, "/repos")).toEqual(["token ghs_7_1", "token ghs_7_2"]);
    refusals = 2;
    await expect(adapter.directory?.conversation({ ...room, account: "7" }, world())).rejects.toMatchObject({
      code: "auth.failed",
      retryable: true,
      retryAfterMs: 2000,
    });
    refusals = 1;
    await expect(github({ apiUrl: one.url, token: "x" }).directory?.conversation(room, world())).rejects.toMatchObject({
      code: "auth.failed",
      retryable: false,
    });
  });

  it("asks for one new token for all calls that were refused with the old one, and loses none of them", async () => {
    let ended = "";
    const one = await server((call) =>
      call.url.startsWith("/repos") && call.headers["authorization"] === ended
        ? { status: 401, body: { message: "Bad credentials" } }
        : respond(call),
    );
    const adapter = app(one.url);
    const read = async (name: string) =>
      await adapter.directory?.conversation({ ...room, room: `octo/${name}`, account: "7" }, world());
    await read("warm");
    ended = "token ghs_7_1";
    const found = await Promise.all(["a", "b", "c", "d", "e", "f"].map(read));
    expect(found.map((place) => place?.title)).toEqual(Array.from({ length: 6 }, () => "token ghs_7_2"));
    expect(minted).toBe(2);
  });

  it("says so when an account is no installation", async () => {
    const one = await server();
    await expect(app(one.url).directory?.conversation({ ...room, account: "default" }, world())).rejects.toThrow(
      "no installation of App 1",
    );
    expect(one.calls).toEqual([]);
    expect((await app(one.url).identify("default", world())).user.handle).toBe("devflow[bot]");
  });

  it("serves more installations than it keeps clients for, with one token each", async () => {
    const one = await server();
    const [adapter, context] = [app(one.url), world()];
    for (let time = 0; time < 2; time++)
      for (let id = 1; id <= 70; id++) await adapter.directory?.conversation({ ...room, account: String(id) }, context);
    expect(minted).toBe(70);
  });

  it("says that an installation has ended, and that a key cannot sign, without a word of the key", async () => {
    const one = await server((call) =>
      call.url.includes("access_tokens") ? { status: 404, body: { message: "Not Found" } } : respond(call),
    );
    await expect(app(one.url).work?.get({ ...issue, account: "7" }, world())).rejects.toMatchObject({
      code: "auth.failed",
      account: "7",
    });
    const broken = github({
      apiUrl: one.url,
      appId: "1",
      privateKey: "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----",
    });
    const error = await broken.identify("7", world()).catch((thrown: unknown) => String(thrown));
    expect(error).toContain("cannot be used to sign");
    expect(error).not.toContain("nonsense");
  });

  it("reads what has not changed for nothing, account by account", async () => {
    const statuses: number[] = [];
    const one = await server((call) => {
      const answer = respond(call);
      const same = call.headers["if-none-match"] === answer.headers?.["etag"];
      if (call.url.startsWith("/repos")) statuses.push(same ? 304 : 200);
      return same ? { ...answer, status: 304, body: "" } : answer;
    });
    const [adapter, context] = [github({ apiUrl: one.url, token: (account) => `ghp_${account}` }), world()];
    const look = async (account: string): Promise<unknown> =>
      (await adapter.directory?.conversation({ ...room, account }, context))?.title;
    expect([await look("a"), await look("a"), await look("b"), await look("b")]).toEqual([
      "token ghp_a",
      "token ghp_a",
      "token ghp_b",
      "token ghp_b",
    ]);
    expect(statuses).toEqual([200, 304, 200, 304]);
  });

  it("knows who it is: a person, an App on all its installations even when one has ended, or a client that was handed in", async () => {
    const one = await server();
    const context = world();
    expect(await github({ apiUrl: one.url, token: "t" }).identify("x", context)).toEqual({
      user: { id: "77", kind: "person", self: true, name: "Ada", handle: "ada" },
      title: "ada",
    });
    const adapter = app(one.url);
    const bot = { user: { id: "9001", kind: "bot", self: true, name: "DevFlow", handle: "devflow[bot]" }, title: "DevFlow" };
    expect(await adapter.identify("7", context)).toEqual(bot);
    const before = one.calls.length;
    expect(await adapter.identify("8", context)).toEqual(bot);
    expect(one.calls).toHaveLength(before);
    const { Octokit } = await import("@octokit/core");
    const mine = new Octokit({ baseUrl: one.url, auth: "mine" });
    const given = github({ client: mine });
    expect(await given.client("x", context)).toBe(mine);
    expect((await given.identify("x", context)).user.handle).toBe("ada");
    expect(auths(one, "/user").at(-1)).toBe("token mine");
  });

  it("keeps numbers that a number cannot hold", async () => {
    const one = await server(() => ({
      headers: { "content-type": "application/json" },
      body: '{"id": 12345678901234567890, "html_url": "u"}',
    }));
    const adapter = github({ apiUrl: one.url, token: "t" });
    const body = adapter.formatter.format(
      {
        kind: "message.post",
        draft: { content: [{ type: "paragraph", children: [{ type: "text", value: "x" }] }], attachments: [] },
      },
      issue,
    );
    const receipt = await adapter.sender.send({ key: "k", kind: "message.post", to: issue, body, attempt: 1 }, world());
    expect(receipt.messageId).toBe("12345678901234567890");
    expect(JSON.parse(JSON.stringify(receipt))).toEqual(receipt);
  });

  it.each<[string, object]>([
    ["`apiUrl`", { apiUrl: "nowhere" }],
    ["`privateKey`", { privateKey: "key.pem" }],
    ["`webhookSecret`", { webhookSecret: "" }],
    ["`webhookSecret`", { webhookSecret: [] }],
    ["`account`", { account: "" }],
    ["`redeliverEveryMs`", { redeliverEveryMs: 5 }],
    ["`webhooks`", { webhooks: ["a/b/c"] }],
  ])("refuses a wrong %s at once", (name, options) => {
    expect(() => github(options)).toThrow(name);
  });
});
