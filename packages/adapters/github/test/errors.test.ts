import { describe, expect, it } from "vitest";
import { asGatewayError, statusOf } from "../src/errors.ts";
import { github } from "../src/index.ts";
import { issue, now, room } from "./support/index.ts";

const call = { account: "4001", route: "POST /repos/{owner}/{repo}/issues", now };
const failed = (status: number, data: unknown = {}, headers: Record<string, string> = {}) =>
  asGatewayError({ status, response: { status, data, headers } }, call);
const secondary = { message: "You have exceeded a secondary rate limit. Please wait a few minutes." };
const creation = { message: "You have exceeded a secondary rate limit and have been temporarily blocked from content creation." };
const spent = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now / 1000 + 90) };

describe("limits of GitHub", () => {
  it.each<[string, number, unknown, Record<string, string>, string, number]>([
    ["the hour's requests", 403, { message: "API rate limit exceeded" }, spent, "core", 90_000],
    ["the hour's requests, by GitHub's clock", 429, {}, { ...spent, date: new Date(now + 30_000).toUTCString() }, "core", 60_000],
    ["searches", 403, {}, { ...spent, "x-ratelimit-resource": "search" }, "search", 90_000],
    ["points", 403, secondary, { "retry-after": "30" }, "points", 30_000],
    ["points, although the hour is used up too", 403, secondary, { ...spent, "retry-after": "30" }, "points", 30_000],
    ["points, with no time named", 429, secondary, {}, "points", 60_000],
    ["creations", 403, creation, { "retry-after": "60" }, "content", 60_000],
    ["creations, as a validation", 422, { message: "was submitted too quickly" }, {}, "content", 60_000],
    ["a bare 429", 429, {}, { "retry-after": "7" }, "points", 7_000],
  ])("block their own bucket alone: %s", (_, status, data, headers, bucket, retryAfterMs) => {
    expect(failed(status, data, headers)).toMatchObject({
      code: "rate.limited",
      retryable: true,
      bucket: `github/4001/${bucket}`,
      retryAfterMs,
    });
  });

  it("have buckets for what each operation takes, narrowest first, the account in every key", () => {
    const { limits } = github();
    const keys = (kind: Parameters<typeof limits>[0]): string[] => limits(kind, issue).map(({ key }) => key);
    expect(keys("message.post")).toEqual(["content", "content-hour", "points", "core"].map((name) => `github/4001/${name}`));
    expect(keys("issue.create")).toEqual(keys("message.post"));
    expect(keys("reaction.add")).toEqual(["github/4001/points", "github/4001/core"]);
    expect(limits("message.post", issue)).toMatchObject([
      { rate: 80, periodMs: 60_000 },
      { rate: 500, periodMs: 3_600_000 },
      { rate: 900, cost: 5 },
      { rate: 5000 },
    ]);
    for (const { key } of limits("message.post", { ...room, account: "a/b" })) expect(key.startsWith("github/a%2fb/")).toBe(true);
  });
});

describe("what went wrong", () => {
  it.each<[number, unknown, Record<string, string>, string, boolean, string]>([
    [400, {}, {}, "operation.rejected", false, "400"],
    [401, { message: "Bad credentials" }, {}, "auth.failed", false, "Bad credentials"],
    [
      403,
      { message: "Resource not accessible by integration" },
      { "x-accepted-github-permissions": "issues=write" },
      "operation.rejected",
      false,
      "issues=write",
    ],
    [
      403,
      {},
      { "x-github-sso": "required; url=https://github.com/orgs/o/sso" },
      "auth.failed",
      false,
      "https://github.com/orgs/o/sso",
    ],
    [403, { message: "This installation has been suspended" }, {}, "auth.failed", false, "suspended"],
    [403, { message: "Repository was archived so is read-only." }, {}, "operation.rejected", false, "archived"],
    [404, { message: "Not Found" }, {}, "target.gone", false, "may not see it"],
    [405, { message: "Pull Request is not mergeable" }, {}, "operation.rejected", false, "not mergeable"],
    [408, {}, {}, "platform.failed", true, "408"],
    [409, {}, {}, "operation.rejected", false, "present state"],
    [410, { message: "Issues are disabled for this repo" }, {}, "target.gone", false, "disabled"],
    [413, {}, {}, "content.rejected", false, "too large"],
    [
      422,
      { errors: [{ resource: "Issue", field: "body", code: "custom", message: "body is too long" }] },
      {},
      "content.rejected",
      false,
      "body is too long",
    ],
    [
      422,
      { errors: [{ resource: "PullRequest", field: "head", code: "invalid" }] },
      {},
      "operation.rejected",
      false,
      "head invalid",
    ],
    [422, { errors: ["Can not approve your own pull request"] }, {}, "operation.rejected", false, "own pull request"],
    [423, {}, {}, "operation.rejected", false, "locked"],
    [451, {}, {}, "target.gone", false, "legal"],
    [500, "<html>", {}, "platform.failed", true, "500"],
    [503, {}, {}, "platform.failed", true, "503"],
  ])("%i %j is told with what to do", (status, data, headers, code, retryable, words) => {
    const error = failed(status, data, headers);
    expect(error).toMatchObject({ code, retryable, platform: "github", account: "4001" });
    expect(error.message).toContain(words);
    expect(error.message).toContain("github: POST /repos/{owner}/{repo}/issues");
    expect(statusOf(error)).toBe(status);
  });

  it("without an answer is network.failed: it may have been done", () => {
    const thrown = Object.assign(new Error("fetch failed"), {
      status: 500,
      cause: Object.assign(new Error("x"), { code: "ECONNRESET" }),
    });
    expect(asGatewayError(thrown, call)).toMatchObject({
      code: "network.failed",
      retryable: true,
      cause: { system: "ECONNRESET" },
    });
    expect(asGatewayError(Object.assign(new Error("a"), { name: "AbortError" }), call).code).toBe("network.failed");
    expect(asGatewayError(new TypeError("no such route"), call)).toMatchObject({ code: "operation.rejected", retryable: false });
  });

  it("is never as long as an answer", () => {
    expect(
      failed(422, { message: "x".repeat(5000), errors: Array.from({ length: 50 }, () => "y".repeat(5000)) }).message.length,
    ).toBeLessThanOrEqual(1000);
  });
});
