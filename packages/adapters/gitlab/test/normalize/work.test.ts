import { describe, expect, it } from "vitest";
import { normalize, only } from "../support/index.ts";
import { changeHook, deploymentHook, home, issueHook, pipelineHook, pushHook, releaseHook, user } from "../support/payloads.ts";

describe("issues", () => {
  it("are read whole", () => {
    const event = only(normalize(issueHook("open")), "issue.opened");
    expect(event.issue).toEqual({
      kind: "issue",
      key: "group/app#5",
      id: "301",
      title: "It breaks",
      body: "When saving.",
      state: "open",
      labels: ["bug"],
      assignees: [{ id: "11", kind: "person", self: false, name: "Ada", handle: "ada" }],
      author: { id: "42", kind: "person", self: false },
      url: "https://gl.example/sub/group/app/-/issues/5",
      createdAt: Date.UTC(2026, 0, 1, 10),
      updatedAt: Date.UTC(2026, 0, 1, 11),
    });
    expect(event.at).toBe(Date.UTC(2026, 0, 1, 10));
    expect(event.conversation).toMatchObject({
      kind: "issue",
      address: { thread: "#5" },
      title: "It breaks",
      issue: { id: "301" },
    });
  });

  it("say what changed, in the words of this model where it has them", () => {
    const changes = {
      title: { previous: "A", current: "B" },
      description: { previous: null, current: "text" },
      labels: { previous: [{ title: "old" }], current: [{ title: "new" }, { title: "b" }] },
      state_id: { previous: 1, current: 2 },
      updated_at: { previous: "2026-01-01 10:00:00 UTC", current: "2026-01-01 12:00:00 UTC" },
      assignees: { previous: [], current: [user] },
      weight: { previous: 1, current: 2 },
      __proto__: null,
    };
    const event = only(normalize(issueHook("update", changes)), "issue.updated");
    expect(event.changes).toEqual({
      title: { from: "A", to: "B" },
      body: { from: "", to: "text" },
      labels: { from: ["old"], to: ["new", "b"] },
      state: { from: "open", to: "closed" },
      updatedAt: { from: Date.UTC(2026, 0, 1, 10), to: Date.UTC(2026, 0, 1, 12) },
      assignees: { from: [], to: [{ id: "42", kind: "person", self: false, name: "User1", handle: "user1" }] },
      weight: { from: 1, to: 2 },
    });
    expect(event.at).toBe(Date.UTC(2026, 0, 1, 12));
  });

  it("are closed and reopened", () => {
    expect(only(normalize(issueHook("close")), "issue.closed").issue.state).toBe("closed");
    expect(only(normalize(issueHook("reopen")), "issue.reopened").issue.state).toBe("open");
  });

  it("may be tasks, and those of a group are kept as they are", () => {
    const attributes = { iid: 5, id: 1, type: "Task", action: "open", title: "t" };
    const task = { ...issueHook("open"), object_kind: "work_item", object_attributes: attributes };
    expect(only(normalize(task), "issue.opened").issue.type).toBe("Task");
    const epic = { ...task, project: undefined, group: { full_path: "group" } };
    expect(only(normalize(epic), "platform.event")).toMatchObject({
      type: "work_item.open",
      conversation: { address: { room: "group" } },
    });
  });

  it("of a confidential kind say so", () => {
    const attributes = { iid: 5, id: 1, action: "open", title: "t", confidential: true };
    const event = only(
      normalize(issueHook("open", {}, { object_attributes: attributes, event_type: "confidential_issue" })),
      "issue.opened",
    );
    expect(event.issue.confidential).toBe(true);
  });
});

describe("changes", () => {
  it.each([
    ["open", "change.opened"],
    ["update", "change.updated"],
    ["close", "change.closed"],
    ["reopen", "change.reopened"],
    ["merge", "change.merged"],
  ] as const)("%s is %s", (action, kind) => {
    const event = only(normalize(changeHook(action)), kind);
    expect(event.conversation).toMatchObject({ kind: "change", address: { thread: "!5" }, change: { key: "group/app!5" } });
  });

  it("are merged with the state closed", () => {
    expect(only(normalize(changeHook("merge")), "change.merged").change).toMatchObject({
      merged: true,
      state: "closed",
      status: "merged",
    });
  });

  it.each([
    ["approved", "approved"],
    ["approval", "approved"],
    ["unapproved", "withdrawn"],
    ["unapproval", "withdrawn"],
  ] as const)("%s is a review: %s", (action, verdict) => {
    const event = only(normalize(changeHook(action)), "review.submitted");
    expect(event.review).toMatchObject({ verdict, body: "", sha: "b".repeat(40) });
    expect(event.change.key).toBe("group/app!5");
  });
});

describe("runs", () => {
  it("begin and end", () => {
    const started = only(normalize(pipelineHook("running")), "pipeline.started");
    expect(started.pipeline).toMatchObject({ id: "31", name: "push", status: "running", ref: "main", changes: ["group/app!5"] });
    expect(started.pipeline.passed).toBeUndefined();
    expect(started.at).toBe(Date.UTC(2026, 0, 1, 15, 24));
    expect(started.pipeline.url).toBe("https://gl.example/sub/group/app/-/pipelines/31");
    const finished = only(normalize(pipelineHook("failed")), "pipeline.finished");
    expect(finished.pipeline).toMatchObject({ status: "finished", passed: false, outcome: "failed" });
    expect(only(normalize(pipelineHook("success", { name: "Nightly" })), "pipeline.finished").pipeline).toMatchObject({
      passed: true,
      name: "Nightly",
    });
    expect(only(normalize(pipelineHook("canceled")), "pipeline.finished").pipeline.passed).toBe(false);
  });

  it("of a fork are for a change of the project that it goes into", () => {
    const merge = { iid: 9, target_project_id: 77, url: "https://gl.example/sub/upstream/app/-/merge_requests/9" };
    const changes = (found: object) =>
      only(normalize({ ...pipelineHook("running"), merge_request: found }), "pipeline.started").pipeline.changes;
    expect(changes(merge)).toEqual(["upstream/app!9"]);
    expect(changes({ ...merge, target_project_id: 1 })).toEqual(["group/app!9"]);
    expect(changes({ ...merge, url: "https://elsewhere.example/x/-/merge_requests/9" })).toBeUndefined();
  });

  it.each(["created", "waiting_for_resource", "preparing", "pending", "skipped", "manual", "scheduled"])(
    "%s is neither",
    (status) => {
      expect(only(normalize(pipelineHook(status)), "platform.event").type).toBe(`pipeline.${status}`);
    },
  );

  it("have jobs, in GitLab's words", () => {
    expect(only(normalize({ object_kind: "build", build_status: "failed", project: home }), "platform.event").type).toBe(
      "build.failed",
    );
  });
});

describe("pushes", () => {
  it("are of branches and tags, new and gone", () => {
    expect(only(normalize(pushHook()), "push.received").push).toEqual({
      ref: "refs/heads/main",
      branch: "main",
      before: "a".repeat(40),
      after: "b".repeat(40),
      forced: false,
      commits: [{ sha: "b".repeat(40), message: "Fix\n", author: "User1", url: "https://gl.example/c" }],
      url: `https://gl.example/sub/group/app/-/compare/${"a".repeat(40)}...${"b".repeat(40)}`,
    });
    const tag = pushHook({ object_kind: "tag_push", ref: "refs/tags/v1", before: "0".repeat(40), commits: [] });
    expect(only(normalize(tag), "push.received").push).toEqual({
      ref: "refs/tags/v1",
      tag: "v1",
      after: "b".repeat(40),
      forced: false,
      commits: [],
    });
  });

  it("are by whom the flat fields name, in system hooks too", () => {
    expect(only(normalize(pushHook()), "push.received").actor).toMatchObject({ id: "42", handle: "user1" });
    const system = { ...pushHook(), object_kind: undefined };
    expect(only(normalize(system), "push.received").push.branch).toBe("main");
  });
});

describe("releases and deployments", () => {
  it("are published and finished", () => {
    expect(only(normalize(releaseHook("create")), "release.published").release).toMatchObject({
      tag: "v1",
      name: "One",
      prerelease: true,
    });
    expect(only(normalize(releaseHook("delete")), "platform.event").type).toBe("release.delete");
    expect(only(normalize(deploymentHook("failed")), "deployment.finished")).toMatchObject({
      at: Date.UTC(2026, 0, 1, 19, 50),
      deployment: { id: "15", environment: "staging", passed: false, outcome: "failed", ref: "main", sha: "279484c0" },
    });
    expect(only(normalize(deploymentHook("running")), "platform.event").type).toBe("deployment.running");
  });
});

describe("the instance", () => {
  it("has events without a project", () => {
    expect(only(normalize({ event_name: "user_create", username: "eve", user_id: 5 }), "platform.event")).toMatchObject({
      type: "user_create",
      conversation: { kind: "project", address: { room: "-" } },
    });
    expect(
      only(normalize({ event_name: "project_create", path_with_namespace: "a/b" }), "platform.event").conversation.address.room,
    ).toBe("a/b");
    expect(only(normalize({}), "platform.event").type).toBe("unknown");
  });
});
