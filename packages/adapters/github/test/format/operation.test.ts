import { describe, expect, it } from "vitest";
import type { Address, Operation } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { github } from "../../src/index.ts";
import { issue, room } from "../support/index.ts";

const { formatter, capabilities } = github();
const line: Address = { ...issue, thread: "12/345" };
const draft = (text: string, rest: object = {}) => ({ content: parseMarkdown(text), attachments: [], ...rest });
const args = (operation: Operation, to: Address = issue): Record<string, unknown> =>
  formatter.format(operation, to)["args"] as Record<string, unknown>;
const code = (operation: Operation, to: Address = issue): string => {
  try {
    formatter.format(operation, to);
    return "";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("what is sent", () => {
  it("goes to the comments of an issue, or below a remark on lines", () => {
    const post: Operation = { kind: "message.post", draft: draft("hi") };
    expect(formatter.format(post, issue)).toMatchObject({
      route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      args: { owner: "octo", repo: "app", issue_number: 12, body: "hi" },
    });
    expect(formatter.format(post, line)).toMatchObject({
      route: "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
      args: { pull_number: 12, comment_id: 345 },
    });
    expect(formatter.format({ kind: "message.edit", messageId: "9", draft: draft("x") }, line)["route"]).toBe(
      "PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}",
    );
    expect(code(post, room)).toBe("operation.rejected");
    expect(code(post, { ...issue, thread: "APP-1" })).toBe("operation.rejected");
    expect(code(post, { ...issue, room: "octo" })).toBe("operation.rejected");
  });

  it("may refer to things where a draft says so, and carries its other fields as they are", () => {
    const native = { github: { references: true, extra: 1 }, slack: { other: 1 } };
    const body = args({ kind: "message.post", draft: draft("see #1", { native }) });
    expect(body).toEqual({ owner: "octo", repo: "app", issue_number: 12, body: "see #1", extra: 1 });
    expect(
      args(
        {
          kind: "change.create",
          change: { title: "t", body: "Closes #1", from: "a", into: "main", native: { github: { references: true } } },
        },
        room,
      )["body"],
    ).toBe("Closes #1");
  });

  it("takes GitHub's eight reactions, by emoji or name, and rejects others", () => {
    const reacts = (emoji: string): unknown => args({ kind: "reaction.add", messageId: "1", emoji })["content"];
    expect(["👍", "👎🏿", "😄", "😕", "❤️", "🎉", "🚀", "👀", "+1", ":tada:", "heart"].map(reacts)).toEqual([
      "+1",
      "-1",
      "laugh",
      "confused",
      "heart",
      "hooray",
      "rocket",
      "eyes",
      "+1",
      "hooray",
      "heart",
    ]);
    for (const emoji of ["🦄", "", "constructor", "party"])
      expect(code({ kind: "reaction.add", messageId: "1", emoji })).toBe("content.rejected");
  });

  it("says all of an issue, and refuses what GitHub would drop in silence", () => {
    const create = (more: object): Operation => ({ kind: "issue.create", issue: { title: "  It\nbreaks ", ...more } });
    expect(
      args(
        create({
          body: "**x**\n<details><summary>Log</summary>\n\nfoo\n\n</details>",
          assignees: ["@ada", { id: "1", kind: "person", self: false, handle: "bob" }],
          fields: { milestone: 3 },
        }),
        room,
      ),
    ).toMatchObject({
      title: "It breaks",
      assignees: ["ada", "bob"],
      milestone: 3,
      body: expect.stringContaining("<summary>Log</summary>"),
    });
    expect(formatter.format(create({ parent: "#7" }), room)["parent"]).toEqual({ owner: "octo", repo: "app", number: 7 });
    expect(formatter.format(create({ parent: "octo/other#8" }), room)["parent"]).toEqual({
      owner: "octo",
      repo: "other",
      number: 8,
    });
    expect(code(create({ confidential: true }), room)).toBe("operation.unsupported");
    expect(code(create({ priority: "high" }), room)).toBe("operation.unsupported");
    expect(code(create({ parent: "APP-1" }), room)).toBe("operation.rejected");
    expect(code(create({ title: "" }), room)).toBe("content.rejected");
    expect(code(create({ title: "x".repeat(257) }), room)).toBe("content.rejected");
    expect(code(create({ body: "x".repeat(70_000) }), room)).toBe("content.rejected");
    expect(code(create({ assignees: [{ id: "1", kind: "person", self: false }] }), room)).toBe("operation.rejected");
  });

  it("closes with a reason, and adds to lists without replacing them", () => {
    const update = (more: object): Record<string, unknown> => formatter.format({ kind: "issue.update", update: more }, issue);
    expect(update({ status: "not_planned" })["args"]).toMatchObject({ state: "closed", state_reason: "not_planned" });
    expect(update({ state: "open", status: "reopened" })["args"]).toMatchObject({ state: "open", state_reason: "reopened" });
    expect(code({ kind: "issue.update", update: { status: "Done" } })).toBe("operation.rejected");
    expect(code({ kind: "issue.update", update: { state: "open", status: "completed" } })).toBe("operation.rejected");
    const lists = update({ labels: { add: ["a"] }, assignees: { remove: ["ada"] } });
    expect(lists).toMatchObject({ labels: { add: ["a"], remove: [] }, assignees: { add: [], remove: ["ada"] } });
    expect(lists["args"]).toEqual({ owner: "octo", repo: "app", issue_number: 12 });
    expect(update({ labels: [] })["args"]).toMatchObject({ labels: [] });
  });

  it("remarks on lines, with suggestions that code cannot close", () => {
    const comments = [{ path: "a.md", line: 4, startLine: 2, side: "old", body: "Why?", suggestion: "```js\nx\n```" } as const];
    const body = args({ kind: "review.submit", review: { verdict: "reject", body: "No.", comments } });
    expect(body).toMatchObject({
      event: "REQUEST_CHANGES",
      comments: [
        {
          path: "a.md",
          line: 4,
          start_line: 2,
          side: "LEFT",
          start_side: "LEFT",
          body: "Why?\n\n````suggestion\n```js\nx\n```\n````",
        },
      ],
    });
  });

  it("gives workflows their inputs as text, and refuses what GitHub cannot do", () => {
    const run = (more: object): Operation => ({ kind: "pipeline.run", run: { ref: "main", workflow: "d.yml", ...more } });
    expect(args(run({ inputs: { env_URL: "x", dry: true, n: 3 } }), room)["inputs"]).toEqual({
      env_URL: "x",
      dry: "true",
      n: "3",
    });
    expect(code(run({ workflow: undefined }), room)).toBe("operation.rejected");
    expect(code(run({ variables: { A: "1" } }), room)).toBe("operation.unsupported");
    expect(code({ kind: "pipeline.cancel", pipeline: "1", job: "2" }, room)).toBe("operation.unsupported");
    expect(code({ kind: "pipeline.retry", pipeline: "one" }, room)).toBe("operation.rejected");
  });

  it("reports a check with up to three buttons", () => {
    const button = { kind: "button", id: "go", label: "Go", value: "1" } as const;
    const check = { name: "gate", sha: "abc", status: "finished", summary: "ok", buttons: [button] } as const;
    expect(args({ kind: "check.report", check }, room)).toMatchObject({
      status: "completed",
      conclusion: "success",
      external_id: '{"devflow":{"go":"1"}}',
      actions: [{ identifier: "go", label: "Go" }],
    });
    expect(code({ kind: "check.report", check: { ...check, buttons: [button, button, button, button] } }, room)).toBe(
      "content.rejected",
    );
    expect(code({ kind: "check.report", check: { ...check, buttons: [{ ...button, label: "x".repeat(21) }] } }, room)).toBe(
      "content.rejected",
    );
  });

  it("knows what can be done where", () => {
    expect(capabilities(room).operations["message.post"]).toBeUndefined();
    expect(capabilities(room).operations["pipeline.run"]).toBe("native");
    expect(capabilities(line).operations["message.post"]).toBe("native");
    expect(code({ kind: "form.open", trigger: "t", form: { id: "f", title: "t", fields: [] } })).toBe("operation.unsupported");
  });
});
