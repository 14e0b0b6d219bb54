import { describe, expect, it } from "vitest";
import type { GatewayError } from "@devflow/gateway/kit";
import { answerError, networkError, saidBy, wasSent, type FailedCall } from "../src/errors.ts";
import { limits } from "../src/limits.ts";
import { gitlab } from "../src/index.ts";
import { project } from "./support/index.ts";

const now = Date.UTC(2026, 0, 1);
const call: FailedCall = {
  account: "default",
  method: "POST",
  path: "projects/a%2Fb/issues/5/notes",
  room: "a/b",
  pool: "notes",
};
const answer = (status: number, body: unknown = {}, headers: Record<string, string> = {}, from = call): GatewayError =>
  answerError(from, { status, headers: new Headers(headers), body: typeof body === "string" ? body : JSON.stringify(body) }, now);

describe("what GitLab says", () => {
  it.each([
    [{ message: "404 Project Not Found" }, "404 Project Not Found"],
    [{ message: { title: ["can't be blank"], iid: ["is taken", "is odd"] } }, "title can't be blank, iid is taken, is odd"],
    [
      { message: { error: "This endpoint has been requested too many times." } },
      "This endpoint has been requested too many times.",
    ],
    [{ message: ["Another open merge request"] }, "Another open merge request"],
    [{ message: { base: ["No stages"] } }, "No stages"],
    [{ error: "insufficient_scope", error_description: "needs more", scope: "api" }, "insufficient_scope; needs more; api"],
    [{ error: "ref is missing" }, "ref is missing"],
    ["plain text", ""],
    ["<html>", ""],
    ["", ""],
    ["null", ""],
    [{ message: null }, ""],
    ['{"message":', ""],
  ])("%j", (body, expected) => {
    const said = saidBy(typeof body === "string" ? body : JSON.stringify(body));
    expect(said.replace(/; /g, expected.includes("; ") ? "; " : ", ")).toBe(expected);
  });

  it("is clipped", () => {
    expect(saidBy(JSON.stringify({ message: "x".repeat(5000) }))).toHaveLength(300);
  });
});

describe("statuses", () => {
  it.each([
    [401, "auth.failed", false],
    [403, "operation.rejected", false],
    [404, "target.gone", false],
    [400, "content.rejected", false],
    [422, "content.rejected", false],
    [413, "content.rejected", false],
    [405, "operation.rejected", false],
    [409, "operation.rejected", false],
    [302, "operation.rejected", false],
    [408, "platform.failed", true],
    [500, "platform.failed", true],
    [503, "platform.failed", true],
  ])("%i is %s", (status, code, retryable) => {
    expect(answer(status)).toMatchObject({ code, retryable, platform: "gitlab", account: "default" });
  });

  it("403 for want of a scope is about the token", () => {
    expect(answer(403, { error: "insufficient_scope", scope: "api" })).toMatchObject({
      code: "auth.failed",
      message: expect.stringContaining("scope `api`"),
    });
  });

  it("401 for a token that has expired may pass, once there is another", () => {
    expect(answer(401, { error: "invalid_token", error_description: "Token is expired." })).toMatchObject({
      code: "auth.failed",
      retryable: true,
    });
    expect(answer(401, { message: "401 Unauthorized" })).toMatchObject({ code: "auth.failed", retryable: false });
  });

  it("names neither query nor the words of a broken server", () => {
    expect(answer(500, "token=glpat-x").message).not.toContain("glpat");
  });
});

describe("limits", () => {
  const waits = (headers: Record<string, string>) => answer(429, {}, headers).retryAfterMs;

  it("wait as long as they say, until their reset, or a minute", () => {
    expect(waits({ "retry-after": "7" })).toBe(7000);
    expect(waits({ "ratelimit-reset": String(now / 1000 + 9) })).toBe(9000);
    expect(waits({ "ratelimit-reset": String(now / 1000 - 9) })).toBe(1000);
    expect(waits({})).toBe(60_000);
    expect(waits({ "retry-after": "soon" })).toBe(60_000);
  });

  it("block the bucket that they are about, and that one alone", () => {
    expect(answer(429).bucket).toBe("gitlab/default/notes");
    expect(answer(429, {}, { "ratelimit-name": "throttle_authenticated_api" }).bucket).toBe("gitlab/default/api");
    expect(answer(429, {}, {}, { ...call, pool: "pipelines" }).bucket).toBe("gitlab/default/pipelines/a%2fb");
    expect(answer(429, {}, {}, { ...call, pool: "search" }).bucket).toBe("gitlab/default/search");
    for (const kind of ["message.post", "issue.create", "pipeline.run", "review.submit", "issue.update"] as const) {
      const [first, ...rest] = limits(kind, project);
      expect(first?.key.startsWith("gitlab/default/")).toBe(true);
      expect(rest.length === 0 ? first?.key : rest.at(-1)?.key).toBe("gitlab/default/api");
    }
    expect(limits("message.post", project)[0]).toMatchObject({ key: "gitlab/default/notes", rate: 60, periodMs: 60_000 });
    expect(limits("pipeline.run", project)[0]).toMatchObject({ key: "gitlab/default/pipelines/group%2fapp", rate: 25 });
  });
});

describe("broken connections", () => {
  it("say whether it may have been done", () => {
    const refused = new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ECONNREFUSED" }) });
    const reset = new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ECONNRESET" }) });
    expect(wasSent(refused)).toBe(false);
    expect(wasSent(reset)).toBe(true);
    expect(wasSent(networkError(call, refused))).toBe(false);
    expect(networkError(call, reset).message).toContain("may have been done");
    expect(networkError(call, "odd")).toMatchObject({ code: "network.failed", retryable: true });
  });
});

describe("capabilities", () => {
  const operations = (thread?: string) =>
    gitlab().capabilities({ ...project, ...(thread !== undefined && { thread }) }).operations;

  it("are those of the place", () => {
    expect(operations()).not.toHaveProperty("message.post");
    expect(operations()).toHaveProperty(["issue.create"]);
    expect(operations("#5")).toMatchObject({ "message.post": "native", "issue.link": "native", "issue.update": "native" });
    expect(operations("#5")).not.toHaveProperty("change.merge");
    expect(operations("!5/abc")).toMatchObject({
      "change.merge": "native",
      "review.submit": "native",
      "pipeline.retry": "native",
    });
    expect(operations("!5")).not.toHaveProperty("issue.link");
    expect(operations("@abc")).not.toHaveProperty("message.edit");
    expect(operations("$3")).toHaveProperty(["reaction.add"]);
    expect(gitlab().capabilities().operations).toMatchObject({ "issue.link": "native", "change.merge": "native" });
  });
});
