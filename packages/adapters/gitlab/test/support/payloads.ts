import type { EventKind } from "@devflow/gateway/contract";

/** A hook as GitLab sends it, and what it means. */
export interface Sample {
  readonly name: string;
  readonly kinds: readonly EventKind[];
  readonly self?: boolean;
  readonly payload: Record<string, unknown>;
}

export const user = { id: 42, name: "User1", username: "user1" };
export const bot = { id: 7, name: "devflow", username: "project_1_bot_x" };
export const home = {
  id: 1,
  name: "app",
  web_url: "https://gl.example/sub/group/app",
  path_with_namespace: "group/app",
  visibility_level: 0,
};

/** An issue hook. */
export const issueHook = (action: string, changes: object = {}, rest: object = {}): Record<string, unknown> => ({
  object_kind: "issue",
  event_type: "issue",
  user,
  project: home,
  object_attributes: {
    id: 301,
    iid: 5,
    title: "It breaks",
    description: "When saving.",
    state: action === "close" ? "closed" : "opened",
    action,
    created_at: "2026-01-01T10:00:00Z",
    updated_at: "2026-01-01 11:00:00 UTC",
    url: "https://gl.example/sub/group/app/-/issues/5",
    confidential: false,
    assignee_ids: [11],
    author_id: 42,
  },
  labels: [{ id: 1, title: "bug" }],
  assignees: [{ name: "Ada", username: "ada" }],
  changes,
  ...rest,
});

/** A merge request hook. */
export const changeHook = (action: string, attributes: object = {}, rest: object = {}): Record<string, unknown> => ({
  object_kind: "merge_request",
  event_type: "merge_request",
  user,
  project: home,
  object_attributes: {
    id: 99,
    iid: 5,
    title: "Fix it",
    description: "See below.",
    state: action === "merge" ? "merged" : action === "close" ? "closed" : "opened",
    action,
    source_branch: "fix",
    target_branch: "main",
    draft: false,
    created_at: "2026-01-01T10:00:00Z",
    updated_at: "2026-01-01T11:00:00Z",
    url: "https://gl.example/sub/group/app/-/merge_requests/5",
    last_commit: { id: "b".repeat(40) },
    ...attributes,
  },
  labels: [],
  changes: {},
  ...rest,
});

/** A note hook on the issue, the merge request, or what `rest` says. */
export const noteHook = (
  note: object,
  rest: object = { issue: { id: 301, iid: 5, title: "It breaks", state: "opened" } },
): Record<string, unknown> => ({
  object_kind: "note",
  event_type: "note",
  user,
  project_id: 1,
  project: home,
  object_attributes: {
    id: 1241,
    note: "Hello **world**, see #4 and @ada",
    noteable_type: "Issue",
    author_id: 42,
    created_at: "2026-01-01 17:06:40 UTC",
    updated_at: "2026-01-01 17:06:40 UTC",
    system: false,
    action: "create",
    type: null,
    url: "https://gl.example/sub/group/app/-/issues/5#note_1241",
    ...note,
  },
  ...rest,
});

const merge = {
  merge_request: { id: 99, iid: 5, title: "Fix it", state: "opened", source_branch: "fix", target_branch: "main" },
};
const upload = `![shot](/uploads/${"a".repeat(32)}/shot%201.png)`;

/** A pipeline hook. */
export const pipelineHook = (status: string, attributes: object = {}): Record<string, unknown> => ({
  object_kind: "pipeline",
  object_attributes: {
    id: 31,
    iid: 3,
    ref: "main",
    tag: false,
    sha: "c".repeat(40),
    source: "push",
    status,
    created_at: "2026-01-01 15:23:28 UTC",
    finished_at: status === "success" || status === "failed" ? "2026-01-01 15:26:29 UTC" : null,
    ...attributes,
  },
  merge_request: { id: 99, iid: 5 },
  user,
  project: home,
  builds: [{ id: 380, name: "test", status, started_at: "2026-01-01 15:24:00 UTC" }],
});

/** A push hook. */
export const pushHook = (rest: object = {}): Record<string, unknown> => ({
  object_kind: "push",
  event_name: "push",
  before: "a".repeat(40),
  after: "b".repeat(40),
  ref: "refs/heads/main",
  user_id: 42,
  user_name: "User1",
  user_username: "user1",
  project_id: 1,
  project: home,
  commits: [
    { id: "b".repeat(40), message: "Fix\n", url: "https://gl.example/c", author: { name: "User1", email: "[REDACTED]" } },
  ],
  ...rest,
});

/** An emoji hook. */
export const emojiHook = (action: string, attributes: object = {}, rest: object = {}): Record<string, unknown> => ({
  object_kind: "emoji",
  event_type: action,
  user,
  project_id: 1,
  project: home,
  object_attributes: {
    user_id: 42,
    created_at: "2026-01-01 18:00:00 UTC",
    id: 9,
    name: "thumbsup",
    awardable_type: "Note",
    awardable_id: 1241,
    awarded_on_url: "https://gl.example/sub/group/app/-/issues/5#note_1241",
    ...attributes,
  },
  note: { id: 1241, note: "Hello" },
  issue: { id: 301, iid: 5, title: "It breaks", state: "opened" },
  ...rest,
});

/** A release hook. */
export const releaseHook = (action: string): Record<string, unknown> => ({
  object_kind: "release",
  id: 82,
  tag: "v1",
  name: "One",
  description: "First.",
  released_at: "2026-01-01 09:00:00 UTC",
  url: "https://gl.example/sub/group/app/-/releases/v1",
  action,
  project: home,
});

/** A deployment hook. */
export const deploymentHook = (status: string): Record<string, unknown> => ({
  object_kind: "deployment",
  status,
  status_changed_at: "2026-01-01 21:50:00 +0200",
  deployment_id: 15,
  environment: "staging",
  project: home,
  user,
  short_sha: "279484c0",
  ref: "main",
});

/** A hook about a member of a group. */
export const memberHook = (event: string): Record<string, unknown> => ({
  event_name: event,
  group_name: "group",
  group_path: "group",
  group_id: 2,
  user_id: 42,
  user_username: "user1",
  user_name: "User1",
  updated_at: "2026-01-01T10:00:00Z",
});

/** At least one hook for each kind of event. */
export const payloads: readonly Sample[] = [
  { name: "an issue", kinds: ["issue.opened"], payload: issueHook("open") },
  {
    name: "an issue changed",
    kinds: ["issue.updated"],
    payload: issueHook("update", { title: { previous: "A", current: "It breaks" } }),
  },
  { name: "an issue closed", kinds: ["issue.closed"], payload: issueHook("close", { state_id: { previous: 1, current: 2 } }) },
  { name: "an issue reopened", kinds: ["issue.reopened"], payload: issueHook("reopen") },
  { name: "a task", kinds: ["issue.opened"], payload: { ...issueHook("open"), object_kind: "work_item" } },
  { name: "a note", kinds: ["message.created"], payload: noteHook({}) },
  {
    name: "a note of ours",
    kinds: ["message.created"],
    self: true,
    payload: noteHook({ id: 1250, author_id: 7 }, { user: bot, issue: { iid: 5 } }),
  },
  {
    name: "a note edited",
    kinds: ["message.edited"],
    payload: noteHook({ action: "update", updated_at: "2026-01-01 18:00:00 UTC" }),
  },
  { name: "a file", kinds: ["message.created"], payload: noteHook({ id: 1242, note: upload }) },
  { name: "an internal note", kinds: ["message.created"], payload: noteHook({ id: 1243, internal: true }) },
  {
    name: "an answer",
    kinds: ["message.created"],
    payload: noteHook({ id: 1244, type: "DiffNote", discussion_id: "d".repeat(40) }, merge),
  },
  { name: "a system note", kinds: [], payload: noteHook({ id: 1245, system: true }) },
  {
    name: "a note on a commit",
    kinds: ["message.created"],
    payload: noteHook({ id: 1246 }, { commit: { id: "e".repeat(40), title: "Fix" } }),
  },
  {
    name: "a note on a snippet",
    kinds: ["message.created"],
    payload: noteHook({ id: 1247 }, { snippet: { id: 3, title: "Snip" } }),
  },
  { name: "a change", kinds: ["change.opened"], payload: changeHook("open") },
  { name: "new commits", kinds: ["change.updated"], payload: changeHook("update", { oldrev: "a".repeat(40) }) },
  { name: "an update of nothing", kinds: ["change.updated"], payload: changeHook("update") },
  { name: "a change merged", kinds: ["change.merged"], payload: changeHook("merge") },
  { name: "a change closed", kinds: ["change.closed"], payload: changeHook("close") },
  { name: "a change reopened", kinds: ["change.reopened"], payload: changeHook("reopen") },
  ...["approved", "approval", "unapproved", "unapproval"].map((action): Sample => ({
    name: action,
    kinds: ["review.submitted"],
    payload: changeHook(action),
  })),
  { name: "a pipeline runs", kinds: ["pipeline.started"], payload: pipelineHook("running") },
  { name: "a pipeline passed", kinds: ["pipeline.finished"], payload: pipelineHook("success") },
  { name: "a pipeline waits", kinds: ["platform.event"], payload: pipelineHook("pending") },
  { name: "a push", kinds: ["push.received"], payload: pushHook() },
  {
    name: "a tag",
    kinds: ["push.received"],
    payload: pushHook({ object_kind: "tag_push", ref: "refs/tags/v1", before: "0".repeat(40) }),
  },
  { name: "a release", kinds: ["release.published"], payload: releaseHook("create") },
  { name: "a release edited", kinds: ["platform.event"], payload: releaseHook("update") },
  { name: "a deployment", kinds: ["deployment.finished"], payload: deploymentHook("success") },
  { name: "a deployment begins", kinds: ["platform.event"], payload: deploymentHook("running") },
  { name: "a reaction", kinds: ["reaction.added"], payload: emojiHook("award") },
  { name: "a reaction taken back", kinds: ["reaction.removed"], payload: emojiHook("revoke") },
  { name: "somebody comes", kinds: ["member.joined"], payload: memberHook("user_add_to_group") },
  { name: "somebody goes", kinds: ["member.left"], payload: memberHook("user_remove_from_group") },
  {
    name: "a job",
    kinds: ["platform.event"],
    payload: { object_kind: "build", build_id: 1, build_status: "failed", pipeline_id: 31, project: home, user },
  },
  { name: "something unknown", kinds: ["platform.event"], payload: { object_kind: "tea", project: home, user } },
];
