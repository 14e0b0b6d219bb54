import { describe, expect, it } from "vitest";
import type { GatewayError } from "@devflow/gateway/kit";
import type { Operation } from "@devflow/gateway/contract";
import { jira } from "../src/index.ts";
import { draft, issue, project, withDesk } from "./support/desk.ts";
import { world } from "./support/index.ts";

const post = { kind: "message.post", draft: draft("hi") } as const;
const create = { kind: "issue.create", issue: { title: "x" } } as const;

/** The error of an operation on a Jira that answers so. */
async function errorOf(
  status: number,
  headers: Record<string, string> = {},
  body: unknown = {},
  operation: Operation = post,
  cloud = true,
): Promise<GatewayError> {
  const context = world({
    fetch: async () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers }),
    settings: { EMAIL: "a@b.c" },
  });
  const adapter = jira({ apiUrl: "https://acme.atlassian.net", deployment: cloud ? "cloud" : "dataCenter" });
  const to = operation.kind === "issue.create" ? project : issue;
  const outgoing = { key: "k", kind: operation.kind, to, body: adapter.formatter.format(operation, to), attempt: 1 };
  return await adapter.sender.send(outgoing, context).then(
    () => expect.fail("was taken"),
    (error: GatewayError) => error,
  );
}

describe("a limit that was reached", () => {
  const keys = (operation: Operation): readonly string[] =>
    jira()
      .limits(operation.kind, operation.kind === "issue.create" ? project : issue)
      .map(({ key }) => key);

  it.each([
    ["jira-quota-global-based", "jira/default/"],
    ["jira-quota-tenant-based", "jira/default/"],
    ["jira-burst-based", "jira/default/POST issue.comment"],
    ["jira-per-issue-on-write", "jira/default/APP/APP-1"],
  ])("%s blocks its own bucket alone", async (reason, bucket) => {
    const error = await errorOf(429, { "ratelimit-reason": reason, "retry-after": "9" });
    expect(error).toMatchObject({ code: "rate.limited", retryable: true, retryAfterMs: 9_000, bucket });
    expect(keys(post)).toContain(bucket);
  });

  it("of one issue is no limit of another, nor of the project", () => {
    const shared = (bucket: string): boolean =>
      jira()
        .limits("message.post", { ...issue, thread: "APP-2" })
        .some(({ key }) => key === bucket);
    expect(keys(post).filter((key) => !shared(key))).toEqual(["jira/default/APP/APP-1", "jira/default/APP/APP-1:slow"]);
    expect(keys(create)).toEqual(["jira/default/POST issue", "jira/default/"]);
  });

  it("ends when Jira says: in seconds, at a date, at a moment without seconds, at the full hour", async () => {
    const wait = async (headers: Record<string, string>): Promise<number | undefined> =>
      (await errorOf(429, headers)).retryAfterMs;
    expect(await wait({ "retry-after": "1.5" })).toBe(1_500);
    expect(await wait({ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" })).toBe(30_000);
    expect(await wait({ "x-ratelimit-reset": "2026-01-01T00:05Z" })).toBe(300_000);
    expect(await wait({ "x-ratelimit-reset": "2026-01-01T00:00:20Z" })).toBe(20_000);
    expect(await wait({ "ratelimit-reason": "jira-quota-global-based" })).toBe(3_600_000);
    expect(await wait({})).toBe(60_000);
    expect(await wait({ "retry-after": "soon" })).toBe(60_000);
  });

  it("of a user of Data Center blocks all that the user does", async () => {
    const error = await errorOf(429, { "x-ratelimit-fillrate": "10", "retry-after": "3" }, {}, post, false);
    expect(error).toMatchObject({ code: "rate.limited", bucket: "jira/default/", retryAfterMs: 3_000 });
  });
});

describe("a refusal", () => {
  it("names the fields", async () => {
    const error = await errorOf(
      400,
      {},
      { errorMessages: ["Not so."], errors: { priority: "The priority is invalid.", customfield_1: "Bad" } },
    );
    expect(error).toMatchObject({ code: "content.rejected", retryable: false });
    expect(error.message).toBe(
      "jira: POST issue.comment on account default: Jira answered 400: Not so.; priority: The priority is invalid.; customfield_1: Bad. Jira does not accept the values.",
    );
  });

  it.each<[number, Record<string, string>, unknown, string, RegExp, boolean]>([
    [401, {}, {}, "auth.failed", /JIRA_TOKEN/, false],
    [401, {}, { message: "Unauthorized; scope does not match" }, "auth.failed", /consent again/, false],
    [403, { "x-authentication-denied-reason": "CAPTCHA_CHALLENGE; login-url=x" }, "", "auth.failed", /CAPTCHA/, false],
    [404, { "x-seraph-loginreason": "AUTHENTICATED_FAILED" }, {}, "auth.failed", /credentials/, false],
    [403, {}, {}, "operation.rejected", /permission/, false],
    [404, {}, {}, "target.gone", /not there/, false],
    [409, {}, {}, "operation.rejected", /same moment/, true],
    [410, {}, {}, "operation.unsupported", /newer version/, false],
    [413, {}, "", "content.rejected", /larger/, false],
    [418, {}, {}, "operation.rejected", /not allow/, false],
    [302, { location: "https://login.example" }, "", "operation.rejected", /apiUrl/, false],
    [502, {}, "<html>", "platform.failed", /passes/, true],
    [200, {}, "<html>Log in</html>", "auth.failed", /page instead of JSON/, false],
  ])("%i %j", async (status, headers, body, code, words, retryable) => {
    const error = await errorOf(status, headers, body);
    expect(error).toMatchObject({ code, retryable, platform: "jira", account: "default" });
    expect(error.message).toMatch(words);
  });

  it("of a token that a function gives is worth another try, but for a scope", async () => {
    const ask = async (body: string): Promise<unknown> =>
      await jira({ apiUrl: "https://acme.atlassian.net", cloudId: "c", accessToken: () => "at-123456" })
        .identify("default", world({ fetch: async () => new Response(body, { status: 401 }) }))
        .catch((error: unknown) => error);
    expect(await ask("{}")).toMatchObject({ code: "auth.failed", retryable: true });
    expect(await ask('{"message":"Unauthorized; scope does not match"}')).toMatchObject({
      code: "auth.failed",
      retryable: false,
    });
  });

  it("of a busy Jira says when to come again", async () => {
    expect(await errorOf(503, { "retry-after": "12" })).toMatchObject({
      code: "platform.failed",
      retryable: true,
      retryAfterMs: 12_000,
    });
  });

  it("says nothing that an echo put into it", async () => {
    const { message } = await errorOf(400, {}, { errorMessages: [`token api-token-1234 ${"x".repeat(5_000)}`] });
    expect(message).not.toContain("api-token-1234");
    expect(message.length).toBeLessThan(700);
  });
});

describe("a request without an answer", () => {
  it("is given up after a while, to be tried again", async () => {
    const context = world({
      fetch: (_, init) =>
        new Promise((__, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted")))),
    });
    const sent = jira()
      .identify("default", context)
      .catch((error: unknown) => error);
    await context.clock.advance(30_000);
    expect(await sent).toMatchObject({ code: "network.failed", retryable: true });
  });

  it("of an issue of which nothing is known leaves nothing half done", async () => {
    await withDesk(async (desk) => {
      desk.server.once("GET", /transitions$/, { status: 500 });
      const update = { kind: "issue.update", update: { status: "In Progress", title: "New" } } as const;
      await expect(desk.send(update)).rejects.toMatchObject({ code: "platform.failed" });
      await desk.send(update, { attempt: 2 });
      expect(desk.server.state.issues.get("APP-1")).toMatchObject({ status: "In Progress", fields: { summary: "New" } });
    });
  });
});
