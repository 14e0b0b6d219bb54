import { describe, expect, it } from "vitest";
import { github } from "../../src/index.ts";
import { writeValues } from "../../src/wire/index.ts";
import { bot, delivery, example, only } from "../support/index.ts";
import { ada, base, repository } from "../support/payloads.ts";

describe("runs and what they lead to", () => {
  it("tell pushes, of branches and tags, with and without a sender", () => {
    const push = {
      repository,
      ref: "refs/heads/a/b",
      before: "0".repeat(40),
      after: "c".repeat(40),
      forced: true,
      commits: [{ id: "c", message: "m", author: { username: "ada" } }],
      pusher: { name: "deploy" },
    };
    const event = only("push.received", "push", push);
    expect(event.push).toEqual({
      ref: "refs/heads/a/b",
      branch: "a/b",
      after: "c".repeat(40),
      forced: true,
      commits: [{ sha: "c", message: "m", author: "ada" }],
    });
    expect(event).toMatchObject({ actor: { name: "deploy", kind: "unknown" }, conversation: { kind: "project" } });
    expect(only("push.received", "push", { ...push, ref: "refs/tags/v1", sender: ada }).push.tag).toBe("v1");
  });

  it("tell a run, how it went, and the changes it runs for", () => {
    const run = {
      id: 42,
      name: "CI",
      status: "completed",
      conclusion: "failure",
      head_branch: "fix",
      head_sha: "d",
      html_url: "https://x/42",
      run_attempt: 2,
      run_started_at: "2026-01-01T10:00:00Z",
      updated_at: "2026-01-01T10:05:00Z",
      pull_requests: [
        { number: 12, base: { repo: { url: "https://api.github.com/repos/octo/app" } } },
        { number: 3, base: { repo: { url: "https://api.github.com/repos/eve/app" } } },
      ],
    };
    expect(only("pipeline.finished", "workflow_run", { ...base, action: "completed", workflow_run: run }).pipeline).toEqual({
      id: "42",
      name: "CI",
      status: "finished",
      passed: false,
      outcome: "failure",
      ref: "fix",
      sha: "d",
      url: "https://x/42",
      attempt: 2,
      startedAt: Date.UTC(2026, 0, 1, 10),
      finishedAt: Date.UTC(2026, 0, 1, 10, 5),
      changes: ["octo/app#12"],
    });
    const begun = { ...run, status: "in_progress", conclusion: null };
    expect(
      only("pipeline.started", "workflow_run", { ...base, action: "in_progress", workflow_run: begun }).pipeline,
    ).toMatchObject({ status: "running" });
  });

  it("hand a button's press to the pull request of its commit, with its value", () => {
    const check = { id: 7, external_id: writeValues({ go: "now" }), pull_requests: [{ number: 12 }] };
    const press = { ...base, action: "requested_action", check_run: check, requested_action: { identifier: "go" } };
    expect(only("action.invoked", "check_run", press)).toMatchObject({
      action: "go",
      value: "now",
      messageId: "7",
      conversation: { kind: "change", address: { thread: "12" } },
    });
    const none = { ...press, check_run: { id: 7, external_id: "x", pull_requests: [] } };
    const event = only("action.invoked", "check_run", none);
    expect([event.value, event.conversation.kind]).toEqual([undefined, "project"]);
  });

  it("tell releases and deployments, and that an installation has ended", () => {
    expect(
      only("release.published", "release", { ...base, action: "published", release: { id: 1, tag_name: "v1", body: "a\r\nb" } })
        .release,
    ).toEqual({ id: "1", tag: "v1", name: "v1", body: "a\nb", prerelease: false });
    const status = (state: string) => ({
      ...base,
      action: "created",
      deployment: { id: 5, ref: "main", environment: "prod" },
      deployment_status: { state },
    });
    expect(only("deployment.finished", "deployment_status", status("error")).deployment).toMatchObject({
      environment: "prod",
      passed: false,
      outcome: "error",
    });
    expect(only("platform.event", "deployment_status", status("in_progress")).type).toBe("deployment_status.created");
    expect(
      only("account.revoked", "installation", { action: "suspend", installation: { id: 1, account: { login: "octo" } } }),
    ).toMatchObject({ reason: "installation.suspend", conversation: { address: { room: "octo" } } });
  });

  it("are one event for each delivery, the same without an identity and with a text on demand", () => {
    const payload = example("issue_comment", "created");
    const [event] = github().normalizer.normalize([delivery("issue_comment", payload)], undefined);
    expect(event).toMatchObject({ kind: "message.created", actor: { self: false } });
    expect(
      github()
        .normalizer.normalize([delivery("issue_comment", payload, "a"), delivery("push", example("push"), "b")], bot)
        .map(({ id }) => id),
    ).toEqual(["github:a", "github:b"]);
  });
});
