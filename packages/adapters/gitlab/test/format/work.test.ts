import { describe, expect, it } from "vitest";
import { change, format, issue, project } from "../support/index.ts";

describe("issues", () => {
  it("are made in a project", () => {
    const draft = {
      title: "It\nbreaks @ada",
      body: "a\nb #1",
      labels: ["bug", "x::y"],
      type: "Test Case",
      confidential: true,
      fields: { weight: 3 },
    };
    expect(
      format(
        { kind: "issue.create", issue: { ...draft, assignees: ["@ada", { id: "12", kind: "person", self: false }] } },
        project,
      ),
    ).toEqual({
      method: "POST",
      path: "projects/group%2Fapp/issues",
      fields: {
        title: "It breaks @\u200bada",
        description: "a\\\nb \\#1",
        labels: "bug,x::y",
        issue_type: "test_case",
        confidential: true,
        weight: 3,
      },
      assignees: { set: ["ada", "12"] },
    });
  });

  it("may have references, when asked for", () => {
    const { fields } = format(
      { kind: "issue.create", issue: { title: "For @ada", body: "See #1", fields: { references: true } } },
      project,
    );
    expect(fields).toEqual({ title: "For @ada", description: "See #1" });
  });

  it("are changed by adding and removing", () => {
    const update = { state: "closed", labels: { add: ["a"], remove: ["b", "c"] }, assignees: { add: ["ada"] } } as const;
    expect(format({ kind: "issue.update", update }, issue)).toEqual({
      method: "PUT",
      path: "projects/group%2Fapp/issues/5",
      fields: { state_event: "close", add_labels: "a", remove_labels: "b,c" },
      assignees: { add: ["ada"] },
    });
    expect(format({ kind: "issue.update", update: { state: "open", labels: [], body: "" } }, change)).toMatchObject({
      path: "projects/group%2Fapp/merge_requests/5",
      fields: { state_event: "reopen", labels: "", description: "" },
    });
  });

  it("refuse what GitLab would forget, and what is too long", () => {
    expect(() => format({ kind: "issue.create", issue: { title: "x", priority: "high" } }, project)).toThrow(/no priority/);
    expect(() => format({ kind: "issue.create", issue: { title: "x", parent: "a#1" } }, project)).toThrow(/no parent/);
    expect(() => format({ kind: "issue.update", update: { status: "done" } }, issue)).toThrow(/no status/);
    expect(() => format({ kind: "issue.create", issue: { title: "x".repeat(256) } }, project)).toThrow(/255/);
    expect(() => format({ kind: "issue.create", issue: { title: "x", body: "y".repeat(1_048_576) } }, project)).toThrow(
      /1048576/,
    );
    expect(() => format({ kind: "issue.update", update: { state: "open" } }, project)).toThrow(/give the address a thread/);
  });

  it("are tied to issues of any project", () => {
    expect(format({ kind: "issue.link", link: { key: "other/app#7", type: "Is blocked by" } }, issue)).toMatchObject({
      path: "projects/group%2Fapp/issues/5/links",
      fields: { target_project_id: "other/app", target_issue_iid: "7", link_type: "is_blocked_by" },
    });
    expect(format({ kind: "issue.link", link: { key: "#7" } }, issue).fields).toEqual({
      target_project_id: "group/app",
      target_issue_iid: "7",
    });
    expect(() => format({ kind: "issue.link", link: { key: "APP-7" } }, issue)).toThrow(/is no issue/);
    expect(() => format({ kind: "issue.link", link: { url: "https://a.b", title: "t" } }, issue)).toThrow(
      /linked to issues only/,
    );
  });
});

describe("changes", () => {
  it("are proposed", () => {
    const proposal = { title: "Fix", from: "fix", into: "main", draft: true, reviewers: ["bob"], labels: ["a"] };
    expect(format({ kind: "change.create", change: proposal }, project)).toEqual({
      method: "POST",
      path: "projects/group%2Fapp/merge_requests",
      fields: { source_branch: "fix", target_branch: "main", title: "Draft: Fix", description: "", labels: "a" },
      reviewers: { set: ["bob"] },
    });
  });

  it("are merged", () => {
    const merge = { method: "squash", sha: "abc", title: "Fix", message: "It.", deleteBranch: true } as const;
    expect(format({ kind: "change.merge", merge }, change)).toEqual({
      method: "PUT",
      path: "projects/group%2Fapp/merge_requests/5/merge",
      fields: { sha: "abc", squash: true, should_remove_source_branch: true, squash_commit_message: "Fix\n\nIt." },
    });
    expect(() => format({ kind: "change.merge", merge: { method: "rebase" } }, change)).toThrow(/setting of the project/);
  });

  it("are reviewed, with suggestions for several lines", () => {
    const comments = [{ path: "a.ts", line: 5, startLine: 3, body: "Why @all?", suggestion: "x\n```\ny" }];
    const { review } = format({ kind: "review.submit", review: { verdict: "approve", comments } }, change) as never as {
      review: object;
    };
    expect(review).toEqual({
      verdict: "approve",
      body: "",
      remarks: [{ path: "a.ts", line: 5, side: "new", body: "Why `@all`?\n\n````suggestion:-2+0\nx\n```\ny\n````" }],
    });
    const sly = [{ path: "a.ts", line: 1, body: "x", suggestion: "/close" }];
    const said = format({ kind: "review.submit", review: { verdict: "comment", comments: sly } }, change) as never as {
      review: { remarks: { body: string }[] };
    };
    expect(said.review.remarks[0]?.body).toBe("x\n\n ```suggestion:-0+0\n /close\n ```");
    const wrong = { verdict: "comment", comments: [{ path: "a", line: 1, startLine: 2, body: "x" }] } as const;
    expect(() => format({ kind: "review.submit", review: wrong }, change)).toThrow(/begins at line 2/);
  });
});

describe("runs", () => {
  it("keep the spelling of inputs and variables", () => {
    const run = { ref: "main", inputs: { myInput: true, "env-URL": ["a"] }, variables: { DEPLOY_ENV: "x" } };
    expect(format({ kind: "pipeline.run", run }, project)).toEqual({
      method: "POST",
      path: "projects/group%2Fapp/pipeline",
      fields: { ref: "main", inputs: { myInput: true, "env-URL": ["a"] }, variables: [{ key: "DEPLOY_ENV", value: "x" }] },
    });
  });

  it("are steered as a whole and job by job", () => {
    const path = (operation: Parameters<typeof format>[0]) => format(operation, project).path;
    expect(path({ kind: "pipeline.cancel", pipeline: "4" })).toBe("projects/group%2Fapp/pipelines/4/cancel");
    expect(path({ kind: "pipeline.retry", pipeline: "4", job: "9" })).toBe("projects/group%2Fapp/jobs/9/retry");
  });
});

describe("places", () => {
  const post = (thread: string) =>
    format(
      {
        kind: "message.post",
        draft: { content: [{ type: "paragraph", children: [{ type: "text", value: "x" }] }], attachments: [] },
      },
      { ...project, thread },
    ).path;

  it("have paths of their own", () => {
    expect(post("#5")).toBe("projects/group%2Fapp/issues/5/notes");
    expect(post("!5/abc")).toBe("projects/group%2Fapp/merge_requests/5/discussions/abc/notes");
    expect(post("$7")).toBe("projects/group%2Fapp/snippets/7/notes");
    expect(post("@abc123")).toBe("projects/group%2Fapp/repository/commits/abc123/discussions");
    expect(post("nonsense")).toBe("projects/group%2Fapp/notes");
    expect(post("#5/../../x")).toBe("projects/group%2Fapp/notes");
  });

  it("take emoji by character and by name", () => {
    expect(format({ kind: "reaction.add", messageId: "1", emoji: "👍" }).fields).toEqual({ name: "thumbsup" });
    expect(format({ kind: "reaction.add", messageId: "1", emoji: "❤" }).fields).toEqual({ name: "heart" });
    expect(format({ kind: "reaction.add", messageId: "1", emoji: ":own_one:" }).fields).toEqual({ name: "own_one" });
    expect(() => format({ kind: "reaction.add", messageId: "1", emoji: "🫏" })).toThrow(/no name is known/);
  });
});
