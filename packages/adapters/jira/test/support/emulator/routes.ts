import { fields, me, users, type Issue, type State } from "./state.ts";
import { assign, bad, create, edit, gone, json, link, move, reword, say, type Answer, type Call, type Json } from "./writes.ts";

type Handler = (call: Call, state: State, found: readonly string[], base: string) => Answer;

/** Answers a request as Jira would. A path of the other version of the API is not there. */
export function route(call: Call, state: State, base: string): Answer {
  if (call.headers["authorization"] === undefined) return { status: 401, body: {} };
  const prefix = state.cloud ? "/rest/api/3" : "/jira/rest/api/2";
  const path = call.path.startsWith(prefix) ? call.path.slice(prefix.length) : call.path.replace(/^\/jira(?=\/)/, "");
  for (const [method, pattern, handler] of routes) {
    const match = method === call.method ? pattern.exec(path) : null;
    if (match !== null) return handler(call, state, match.slice(1), base);
  }
  return { status: 404, body: `no ${call.method} ${call.path}` };
}

const onIssue =
  (handle: (issue: Issue, call: Call, state: State, rest: readonly string[], base: string) => Answer): Handler =>
  (call, state, [key = "", ...rest], base) => {
    const issue = [...state.issues.values()].find((one) => one.key === key || one.id === key);
    return issue === undefined ? gone : handle(issue, call, state, rest, base);
  };

const routes: readonly (readonly [string, RegExp, Handler])[] = [
  ["GET", /^\/myself$/, () => ({ body: me })],
  ["GET", /^\/field$/, () => ({ body: fields })],
  ["GET", /^\/status$/, (_, state) => ({ body: state.statuses.map((one) => status(one.name, state)) })],
  [
    "GET",
    /^\/issueLinkType$/,
    () => ({
      body: {
        issueLinkTypes: [
          { id: "1", name: "Blocks", inward: "is blocked by", outward: "blocks" },
          { id: "2", name: "Relates", inward: "relates to", outward: "relates to" },
        ],
      },
    }),
  ],
  ["GET", /^\/project\/(APP|10000)$/, () => ({ body: { id: "10000", key: "APP", name: "App" } })],
  ["GET", /^\/user$/, ({ query }, { cloud }) => user(query[cloud ? "accountId" : "username"])],
  [
    "GET",
    /^\/user\/assignable\/search$/,
    ({ query }, { cloud }) => ({
      body: users
        .filter((id) => id.includes(query[cloud ? "query" : "username"] ?? "?"))
        .map((id) => ({ accountId: id, name: id, displayName: id })),
    }),
  ],
  [
    "GET",
    /^\/issue\/createmeta\/APP\/issuetypes$/,
    (_, { cloud }) => ({
      body: {
        [cloud ? "issueTypes" : "values"]: [
          { id: "10001", name: "Bug", subtask: false },
          { id: "10002", name: "Task", subtask: false },
          { id: "10003", name: "Sub-task", subtask: true },
        ],
      },
    }),
  ],
  [
    "GET",
    /^\/issue\/createmeta\/APP\/issuetypes\/(\d+)$/,
    (_, { cloud }) => ({
      body: {
        [cloud ? "fields" : "values"]: fields
          .filter((one) => one.hidden !== true)
          .map(({ id, required = false, ...one }) => ({ ...one, fieldId: id, required, hasDefaultValue: false })),
      },
    }),
  ],
  ["POST", /^\/search\/jql$/, ({ body }, state) => search(json(body)["jql"], state, state.cloud)],
  ["GET", /^\/search\/jql$/, ({ query }, state) => search(query["jql"], state, state.cloud)],
  ["POST", /^\/search$/, ({ body }, state) => search(json(body)["jql"], state, !state.cloud)],
  ["GET", /^\/search$/, ({ query }, state) => search(query["jql"], state, !state.cloud)],
  ["POST", /^\/issue$/, create],
  ["POST", /^\/issueLink$/, link],
  ["GET", /^\/issue\/([^/]+)$/, onIssue((issue, _, state, __, base) => ({ body: shown(issue, state, base) }))],
  ["PUT", /^\/issue\/([^/]+)$/, onIssue(edit)],
  ["PUT", /^\/issue\/([^/]+)\/assignee$/, onIssue(assign)],
  [
    "GET",
    /^\/issue\/([^/]+)\/editmeta$/,
    onIssue(() => ({
      body: { fields: Object.fromEntries(fields.filter((one) => one.hidden !== true).map((one) => [one.id, one])) },
    })),
  ],
  ["GET", /^\/issue\/([^/]+)\/transitions$/, onIssue((issue, _, state) => ({ body: { transitions: open(issue, state) } }))],
  ["POST", /^\/issue\/([^/]+)\/transitions$/, onIssue(move)],
  [
    "GET",
    /^\/issue\/([^/]+)\/properties\/(\w+)$/,
    onIssue((issue, _, __, [key = ""]) =>
      issue.properties.has(key) ? { body: { key, value: issue.properties.get(key) } } : gone,
    ),
  ],
  [
    "GET",
    /^\/issue\/([^/]+)\/comment$/,
    onIssue((issue) => ({ body: { comments: issue.comments.toReversed(), total: issue.comments.length } })),
  ],
  ["POST", /^\/issue\/([^/]+)\/comment$/, onIssue(say)],
  ["PUT", /^\/issue\/([^/]+)\/comment\/(\d+)$/, onIssue(reword)],
  [
    "DELETE",
    /^\/issue\/([^/]+)\/comment\/(\d+)$/,
    onIssue((issue, _, __, [id]) => (remove(issue.comments, (one) => one.id === id) ? { status: 204 } : gone)),
  ],
  [
    "GET",
    /^\/issue\/([^/]+)\/comment\/(\d+)$/,
    onIssue((issue, _, __, [id]) => ({ body: issue.comments.find((one) => one.id === id) ?? {} })),
  ],
  [
    "POST",
    /^\/issue\/([^/]+)\/remotelink$/,
    onIssue(
      (issue, { body }) => (
        issue.remote.set(String(json(body)["globalId"]), json(body)["object"]),
        { status: 201, body: { id: 1 } }
      ),
    ),
  ],
  [
    "POST",
    /^\/issue\/([^/]+)\/watchers$/,
    onIssue((issue, { body }) => (users.includes(String(body)) ? (issue.watchers.add(String(body)), { status: 204 }) : gone)),
  ],
  [
    "DELETE",
    /^\/issue\/([^/]+)\/watchers$/,
    onIssue((issue, { query }, { cloud }) =>
      issue.watchers.delete(query[cloud ? "accountId" : "username"] ?? "") ? { status: 204 } : gone,
    ),
  ],
  ["GET", /^\/issue\/([^/]+)\/watchers$/, onIssue((issue) => ({ body: { watchers: [...issue.watchers] } }))],
  ["POST", /^\/issue\/([^/]+)\/attachments$/, onIssue(attach)],
  [
    "GET",
    /^\/rest\/api\/3\/attachment\/content\/(\d+)$|^\/attachment\/content\/(\d+)$/,
    (_, state, ids) => bytes(state, ids[0] ?? ids[1]),
  ],
  ["GET", /^\/attachment\/(\d+)$/, (_, __, [id], base) => ({ body: { id, content: `${base}/secure/attachment/${id}/a.txt` } })],
  ["GET", /^\/secure\/attachment\/(\d+)\/.*$/, (_, state, [id]) => bytes(state, id)],
];

function status(name: string, state: State): Json {
  const one = state.statuses.find((each) => each.name === name);
  return { id: one?.id, name, statusCategory: { key: one?.category } };
}

function shown(issue: Issue, state: State, base: string): Json {
  const issuelinks = state.links.flatMap(({ type, inward, outward }) => [
    ...(inward === issue.key ? [{ type: { name: type }, outwardIssue: { key: outward } }] : []),
    ...(outward === issue.key ? [{ type: { name: type }, inwardIssue: { key: inward } }] : []),
  ]);
  const attachment = issue.files.map(({ bytes: _, ...file }) => ({
    ...file,
    created: "2026-01-01T00:00:00.000+0000",
    author: me,
    content: `${base}/secure/attachment/${file.id}/a.txt`,
  }));
  const own = {
    project: { id: "10000", key: "APP" },
    issuetype: { id: "10001", name: "Bug" },
    status: status(issue.status, state),
    issuelinks,
    attachment,
  };
  return { id: issue.id, key: issue.key, self: `${base}/rest/api/2/issue/${issue.id}`, fields: { ...issue.fields, ...own } };
}

function open(issue: Issue, state: State): readonly Json[] {
  return state.transitions
    .filter(({ from }) => from.length === 0 || from.includes(issue.status))
    .map(({ to, from: _, ...one }) => ({ isAvailable: true, fields: {}, ...one, to: status(to, state) }));
}

function attach(issue: Issue, { body, headers }: Call, state: State, _: readonly string[], base: string): Answer {
  if (headers["x-atlassian-token"] !== "no-check") return { status: 403, body: "XSRF check failed" };
  const found = /name="file"; filename="([^"]*)"[^]*?\r\n\r\n([^]*?)\r\n--/.exec(String(body));
  if (found === null) return bad({}, ["no file"]);
  const file = { id: state.next(), filename: found[1] ?? "", size: Buffer.byteLength(found[2] ?? ""), bytes: found[2] ?? "" };
  issue.files.push(file);
  return { body: [{ ...file, content: `${base}/secure/attachment/${file.id}/a.txt` }] };
}

function bytes(state: State, id: string | undefined): Answer {
  const file = [...state.issues.values()].flatMap(({ files }) => files).find((one) => one.id === id);
  return file === undefined ? gone : { headers: { "content-type": "text/plain" }, body: file.bytes };
}

function user(id: string | undefined): Answer {
  return id !== undefined && users.includes(id) ? { body: { accountId: id, name: id, displayName: id } } : gone;
}

/** Understands as much JQL as the adapter writes: conditions joined by AND. */
function search(jql: unknown, state: State, is: boolean): Answer {
  if (!is) return { status: 410, body: { errorMessages: ["The requested API has been removed."] } };
  const query = String(jql);
  if (!/project = "APP"/.test(query)) return bad({}, ["Unbounded JQL queries are not allowed here."]);
  const wanted = /status = (\d+)/.exec(query)?.[1];
  const issues = [...state.issues.values()].filter(
    (issue) => wanted === undefined || status(issue.status, state)["id"] === wanted,
  );
  return { body: { issues: issues.map((issue) => shown(issue, state, "")), total: issues.length, isLast: true } };
}

function remove<T>(from: T[], is: (one: T) => boolean): boolean {
  const at = from.findIndex(is);
  if (at >= 0) from.splice(at, 1);
  return at >= 0;
}
