import type { HttpAnswer } from "@devflow/conformance";
import type { Item, State } from "./emulator.ts";

/** A route with the fields that GitLab's API documents for it. */
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly required?: readonly string[];
  readonly optional?: readonly string[];
  readonly query?: readonly string[];
  readonly form?: true;
  /** Items of a page at most; 100 unless set. */
  readonly pageLimit?: number;
  readonly answer: (asked: Asked) => HttpAnswer;
}

interface Asked {
  readonly match: readonly string[];
  readonly fields: Record<string, unknown>;
  readonly query: URLSearchParams;
  readonly state: State;
  readonly path: string;
}

const words = (text: string): readonly string[] => text.split(" ");
const noteable = String.raw`^projects/([^/]+)/(issues|merge_requests|snippets)/(\d+)`;
const route = (method: string, path: string, rest: Omit<Route, "method" | "path">): Route => ({
  method,
  path: new RegExp(`${path}$`),
  ...rest,
});
const missing: HttpAnswer = { status: 404, body: { message: "404 Not found" } };
const ok = (body: unknown, status = 200): HttpAnswer => ({
  status,
  headers: { etag: `W/"${JSON.stringify(body).length}"` },
  body,
});
const me = { id: 7, username: "project_1_bot_x", name: "devflow", bot: true };
const people: Readonly<Record<string, number>> = { ada: 11, bob: 12 };

function add(list: Item[], state: State, fields: object): Item {
  const id = (state.next += 1);
  const item = { id, iid: id, ...fields };
  list.push(item);
  return item;
}

const item = (list: Item[], iid: string | undefined, field = "iid"): Item | undefined =>
  list.find((one) => String(one[field]) === iid);
const found = (one: object | undefined): HttpAnswer => (one === undefined ? missing : ok(one));
const lists: Readonly<Record<string, "issues" | "changes">> = { issues: "issues", merge_requests: "changes" };
const issueFields = words("description labels assignee_ids confidential issue_type due_date");
const updateFields = words(
  "title description state_event labels add_labels remove_labels assignee_ids reviewer_ids issue_type confidential",
);
const listQuery = words(
  "search in scope state labels order_by sort updated_after assignee_id assignee_username source_branch target_branch",
);
const flags = words(
  "issues_events confidential_issues_events note_events confidential_note_events merge_requests_events pipeline_events job_events push_events tag_push_events deployment_events releases_events milestone_events emoji_events feature_flag_events wiki_page_events resource_access_token_events member_events subgroup_events",
);
const hookFields = [...words("token signing_token enable_ssl_verification name description"), ...flags];
const home = String.raw`^(?:projects|groups)/([^/]+)/hooks`;

function awardName({ fields, state, path }: Asked): HttpAnswer {
  const { name } = fields;
  if (state.awards.some((one) => one["path"] === path && one["name"] === name)) {
    return { status: 404, body: { message: "404 Award Emoji Name has already been taken Not Found" } };
  }
  return ok(add(state.awards, state, { path, name, user: me }), 201);
}

function withState({ match: [, folder = "", iid], fields, state }: Asked): HttpAnswer {
  const one = item(state[lists[folder] ?? "issues"], iid) ?? {
    id: 1,
    iid: Number(iid),
    state: "opened",
    web_url: `http://x/${iid}`,
  };
  const event = fields["state_event"];
  return ok(Object.assign(one, fields, event === undefined ? {} : { state: event === "close" ? "closed" : "opened" }));
}

function merge({ match: [, iid], fields, state }: Asked): HttpAnswer {
  const one = item(state.changes, iid);
  if (one === undefined) return missing;
  if (one["forbidden"] === true) return { status: 401, body: { message: "401 Unauthorized" } };
  if (one["state"] === "merged" || one["detailed_merge_status"] !== "mergeable")
    return { status: 405, body: { message: "405 Method Not Allowed" } };
  if (fields["sha"] !== undefined && fields["sha"] !== one["sha"])
    return { status: 409, body: { message: "SHA does not match HEAD of source branch" } };
  return ok(Object.assign(one, { state: "merged" }));
}

export const routes: readonly Route[] = [
  route("GET", "^user", { answer: () => ok(me) }),
  route("GET", "^users", {
    query: ["username"],
    answer: ({ query }) => {
      const id = people[query.get("username") ?? ""];
      return ok(id === undefined ? [] : [{ id, username: query.get("username"), name: "Somebody" }]);
    },
  }),
  route("GET", String.raw`^users/(\d+)`, {
    answer: ({ match }) => (match[0] === "11" ? ok({ id: 11, username: "ada", name: "Ada" }) : missing),
  }),
  route("GET", "^projects/([^/]+)", {
    answer: ({ match }) => ok({ id: 1, name: "app", path_with_namespace: match[0], web_url: `http://gl/${match[0]}` }),
  }),
  route("GET", "^projects/([^/]+)/users", { query: ["search"], answer: () => ok([{ id: 11, username: "ada", name: "Ada" }]) }),
  route("GET", "^(?:projects/[^/]+/)?(issues|merge_requests)", {
    query: listQuery,
    answer: ({ match, query, state }) => {
      const all = state[lists[match[0] ?? ""] ?? "issues"];
      const search = query.get("search") ?? "";
      return ok(all.filter((one) => `${String(one["title"])} ${String(one["description"])}`.includes(search)));
    },
  }),
  route("POST", "^projects/([^/]+)/issues", {
    required: ["title"],
    optional: issueFields,
    answer: ({ fields, state }) => ok(add(state.issues, state, { state: "opened", web_url: "http://gl/i", ...fields }), 201),
  }),
  route("POST", "^projects/([^/]+)/merge_requests", {
    required: words("source_branch target_branch title"),
    optional: words("description labels assignee_ids reviewer_ids"),
    answer: ({ fields, state }) => {
      const same = state.changes.some((one) => one["source_branch"] === fields["source_branch"] && one["state"] === "opened");
      const refusal = { message: ["Another open merge request already exists for this source branch: !1"] };
      if (same) return { status: 409, body: refusal };
      return ok(add(state.changes, state, { state: "opened", web_url: "http://gl/m", ...fields }), 201);
    },
  }),
  route("GET", noteable, {
    answer: ({ match: [, folder = "", iid], state }) => found(item(state[lists[folder] ?? "issues"], iid)),
  }),
  route("PUT", noteable, { optional: updateFields, answer: withState }),
  route("POST", String.raw`^projects/([^/]+)/issues/(\d+)/links`, {
    required: words("target_project_id target_issue_iid"),
    optional: ["link_type"],
    answer: ({ fields, state }) =>
      state.runs.some((one) => one["link"] === fields["target_issue_iid"])
        ? { status: 409, body: { message: "Issue(s) already assigned" } }
        : ok(add(state.runs, state, { link: fields["target_issue_iid"] }), 201),
  }),
  route("PUT", String.raw`^projects/[^/]+/()merge_requests/(\d+)/merge`, {
    optional: words("sha squash should_remove_source_branch merge_commit_message squash_commit_message auto_merge"),
    answer: merge,
  }),
  route("POST", String.raw`^projects/[^/]+/merge_requests/(\d+)/approve`, {
    optional: ["sha"],
    answer: ({ match, state }) => {
      const one = item(state.changes, match[0]);
      if (one?.["forbidden"] === true || one?.["approved"] === true)
        return { status: 401, body: { message: "401 Unauthorized" } };
      return ok(Object.assign(one ?? {}, { approved: true }), 201);
    },
  }),
  route("POST", String.raw`^projects/[^/]+/merge_requests/(\d+)/unapprove`, { answer: () => missing }),
  route("GET", String.raw`^projects/[^/]+/merge_requests/(\d+)/approvals`, {
    answer: ({ match, state }) => ok({ approved_by: item(state.changes, match[0])?.["approved"] === true ? [{ user: me }] : [] }),
  }),
  route("GET", `${noteable}/notes`, { query: words("order_by sort"), answer: ({ state }) => ok(state.notes.toReversed()) }),
  route("POST", `${noteable}/notes`, {
    required: ["body"],
    optional: words("internal created_at"),
    answer: ({ fields, state }) =>
      ok(add(state.notes, state, { ...fields, author: me, created_at: "2026-01-01T00:00:00Z" }), 201),
  }),
  route("PUT", String.raw`${noteable}/notes/(\d+)`, {
    required: ["body"],
    answer: ({ match, fields }) => ok({ id: Number(match[3]), ...fields }),
  }),
  route("DELETE", String.raw`${noteable}/notes/(\d+)`, { answer: () => ({ status: 204 }) }),
  route("GET", `${noteable}/discussions`, {
    answer: ({ state }) => ok(state.notes.map((note) => ({ id: `d${note.id}`, individual_note: true, notes: [note] }))),
  }),
  route("GET", `${noteable}/discussions/([\\w-]+)`, { answer: ({ state }) => ok({ id: "d1", notes: state.notes }) }),
  route("POST", `${noteable}/discussions`, {
    required: ["body"],
    optional: ["position"],
    answer: ({ fields, state }) => {
      const position = fields["position"] as { new_line?: number; old_line?: number } | undefined;
      if (position?.new_line === 404)
        return { status: 400, body: { message: '400 Bad request - Note {:line_code=>["can\'t be blank"]}' } };
      return ok({ id: "d1", notes: [add(state.notes, state, { ...fields, author: me })] }, 201);
    },
  }),
  route("POST", `${noteable}/discussions/([\\w-]+)/notes`, {
    required: ["body"],
    answer: ({ fields, state }) => ok(add(state.notes, state, { ...fields, author: me, type: "DiscussionNote" }), 201),
  }),
  route("POST", String.raw`^projects/[^/]+/repository/commits/([\da-f]+)/discussions`, {
    required: ["body"],
    answer: ({ fields, state }) => ok({ id: "d2", notes: [add(state.notes, state, fields)] }, 201),
  }),
  route("GET", String.raw`${noteable}(?:/notes/\d+)?/award_emoji`, {
    answer: ({ state, path }) => ok(state.awards.filter((one) => one["path"] === path)),
  }),
  route("POST", String.raw`${noteable}(?:/notes/\d+)?/award_emoji`, { required: ["name"], answer: awardName }),
  route("DELETE", String.raw`${noteable}(?:/notes/\d+)?/award_emoji/(\d+)`, {
    answer: ({ match, state }) => {
      const at = state.awards.findIndex((one) => String(one.id) === match[3]);
      if (at >= 0) state.awards.splice(at, 1);
      return at < 0 ? missing : { status: 204 };
    },
  }),
  route("POST", "^projects/([^/]+)/pipeline", {
    required: ["ref"],
    optional: words("variables inputs"),
    answer: ({ fields, state }) => ok(add(state.runs, state, { ...fields, status: "created", web_url: "http://gl/p" }), 201),
  }),
  route("POST", "^projects/([^/]+)/trigger/pipeline", {
    required: words("token ref"),
    optional: words("variables inputs"),
    answer: ({ fields, state }) => ok(add(state.runs, state, { ...fields, status: "created", web_url: "http://gl/p" }), 201),
  }),
  route("GET", String.raw`^projects/[^/]+/pipelines/(\d+)`, {
    answer: ({ match }) =>
      match[0] === "1" ? missing : ok({ id: Number(match[0]), status: "failed", ref: "main", source: "push" }),
  }),
  route("POST", String.raw`^projects/[^/]+/pipelines/(\d+)/(cancel|retry)`, {
    answer: ({ match }) => ok({ id: Number(match[0]), status: "running" }),
  }),
  route("POST", String.raw`^projects/[^/]+/jobs/(\d+)/(cancel|retry)`, {
    answer: ({ match }) => ok({ id: Number(match[0]) + (match[1] === "retry" ? 1 : 0), status: "pending", pipeline: { id: 9 } }),
  }),
  route("POST", "^projects/([^/]+)/uploads", {
    form: true,
    required: ["file"],
    answer: () => ok({ markdown: `![file](/uploads/${"a".repeat(32)}/file.png)` }, 201),
  }),
  route("GET", "^projects/([^/]+)/uploads/([0-9a-f]{32})/([^/]+)", {
    answer: () => ({ headers: { "content-type": "image/png" }, body: "bytes of a picture" }),
  }),
  route("GET", home, { answer: ({ state }) => ok(state.hooks) }),
  route("POST", home, {
    required: ["url"],
    optional: hookFields,
    answer: ({ fields, state }) => {
      const { token: _, signing_token, ...shown } = fields;
      return ok(
        add(state.hooks, state, { ...shown, alert_status: "executable", signing_token_present: signing_token !== undefined }),
        201,
      );
    },
  }),
  route("PUT", String.raw`${home}/(\d+)`, {
    required: ["url"],
    optional: hookFields,
    answer: ({ match, state }) => found(item(state.hooks, match[1], "id")),
  }),
  route("GET", String.raw`${home}/(\d+)`, { answer: ({ match, state }) => found(item(state.hooks, match[1], "id")) }),
  route("POST", String.raw`${home}/(\d+)/test/push_events`, {
    answer: ({ match, state }) => ok(Object.assign(item(state.hooks, match[1], "id") ?? {}, { alert_status: "executable" }), 201),
  }),
  route("GET", String.raw`${home}/(\d+)/events`, { pageLimit: 20, answer: ({ state }) => ok(state.events) }),
  route("POST", String.raw`${home}/(\d+)/events/(\d+)/resend`, {
    answer: ({ match, state }) => {
      state.resent.push(match[2] ?? "");
      return ok({ response_status: 200 }, 201);
    },
  }),
];
