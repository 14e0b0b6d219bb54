import { isRich, problems } from "./check.ts";
import { addIssue, users, type Issue, type State } from "./state.ts";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Json = Readonly<Record<string, unknown>>;

export const gone: Answer = {
  status: 404,
  body: { errorMessages: ["Issue does not exist or you do not have permission to see it."], errors: {} },
};
export const bad = (errors: object, messages: readonly string[] = []): Answer => ({
  status: 400,
  body: { errorMessages: messages, errors },
});
export const json = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});
export const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

export function move(issue: Issue, { body }: Call, state: State): Answer {
  const step = state.transitions.find(
    ({ id, from }) => id === json(json(body)["transition"])["id"] && (from.length === 0 || from.includes(issue.status)),
  );
  if (step === undefined)
    return bad({}, [
      "It seems that you have tried to perform a workflow operation that is not valid for the current state of this issue.",
    ]);
  const given = json(json(body)["fields"]);
  const missing = Object.entries(step.fields ?? {}).filter(([id, { required }]) => required && given[id] === undefined);
  const hidden = Object.keys(given).filter((id) => step.fields?.[id] === undefined);
  if (missing.length + hidden.length > 0)
    return bad(
      Object.fromEntries([...missing.map(([id]) => [id, "is required."]), ...hidden.map((id) => [id, "is not on the screen."])]),
    );
  issue.status = step.to;
  Object.assign(issue.fields, given);
  return { status: 204 };
}

export function create({ body }: Call, state: State, _: readonly string[], base: string): Answer {
  const values = json(json(body)["fields"]);
  const wrong = problems(values, state);
  if (typeof values["summary"] !== "string") wrong["summary"] = "You must specify a summary of the issue.";
  if (Object.keys(wrong).length > 0) return bad(wrong);
  const issue = addIssue(state, { ...values }, state.statuses[0]?.name ?? "");
  for (const one of list(json(body)["properties"])) issue.properties.set(String(one["key"]), one["value"]);
  return { status: 201, body: { id: issue.id, key: issue.key, self: `${base}/rest/api/3/issue/${issue.id}` } };
}

export function edit(issue: Issue, { body }: Call, state: State): Answer {
  const values = json(json(body)["fields"]);
  const wrong = problems(values, state);
  if (Object.keys(wrong).length > 0) return bad(wrong);
  Object.assign(issue.fields, values);
  for (const verb of list(json(json(body)["update"])["labels"])) {
    const labels = (issue.fields["labels"] as readonly string[] | undefined) ?? [];
    if (problems({ labels: Object.values(verb) }, state)["labels"] !== undefined)
      return bad({ labels: "The label contains spaces which is invalid." });
    issue.fields["labels"] =
      "add" in verb ? [...new Set([...labels, String(verb["add"])])] : labels.filter((one) => one !== verb["remove"]);
  }
  return { status: 204 };
}

export function assign(issue: Issue, { body }: Call, { cloud }: State): Answer {
  const id = json(body)[cloud ? "accountId" : "name"];
  if (id === undefined || (id !== null && (typeof id !== "string" || !users.includes(id))))
    return bad({ assignee: "User cannot be assigned issues." });
  issue.fields["assignee"] = id === null ? null : { [cloud ? "accountId" : "name"]: id };
  return { status: 204 };
}

export function say(issue: Issue, { body }: Call, state: State): Answer {
  const { body: text, properties, visibility } = json(body);
  if (!isRich(text, state.cloud)) return bad({ comment: "Comment body can not be empty!" });
  const comment = {
    id: state.next(),
    body: text,
    properties: list(properties) as never[],
    ...(visibility === undefined ? {} : { visibility }),
  };
  issue.comments.push(comment);
  return { status: 201, body: comment };
}

export function reword(issue: Issue, { body }: Call, state: State, [id]: readonly string[]): Answer {
  const comment = issue.comments.find((one) => one.id === id);
  if (comment === undefined) return gone;
  if (!isRich(json(body)["body"], state.cloud)) return bad({ comment: "Comment body can not be empty!" });
  comment.body = json(body)["body"];
  comment.visibility = json(body)["visibility"];
  return { body: comment };
}

export function link({ body }: Call, state: State): Answer {
  const [type, inward, outward] = [json(body)["type"], json(body)["inwardIssue"], json(body)["outwardIssue"]].map(json);
  const keys = [inward?.["key"], outward?.["key"]].map(String);
  if (!keys.every((key) => state.issues.has(key))) return gone;
  state.links.push({ type: String(type?.["name"]), inward: keys[0] ?? "", outward: keys[1] ?? "" });
  return { status: 201 };
}
