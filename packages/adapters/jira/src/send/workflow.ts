import type { AdapterContext } from "@devflow/gateway/contract";
import { pageOf, quoted, type Clients } from "../client/index.ts";
import { refusal } from "../errors.ts";
import { isIssueKey, pathOf, record, records, text } from "../wire/index.ts";
import { fieldCalled } from "./fields.ts";
import { goalOf, poor, type Goal } from "./goal.ts";
import type { OnIssue } from "./issue.ts";
import { readStatus, stepsOf, valuesFor, type Status, type Step } from "./step.ts";

/** Transitions that one update may take. */
const maxHops = 4;
/** Statuses whose transitions one update may look up. */
const maxLookups = 12;

/** What is known of an issue that moves. */
interface Journey {
  readonly outgoing: OnIssue;
  readonly goal: Goal;
  readonly project: string;
  readonly type: string;
  readonly clients: Clients;
  readonly context: AdapterContext;
  /** Names of the handler's fields that a transition took. */
  readonly used: Set<string>;
}

/**
 * Moves an issue to a status, or to any that is open or closed. Jira tells only the transitions that are possible now; a longer
 * way is first searched without moving anything, by looking at other issues of the project that stand where the way may lead.
 * Gives the names of those of the handler's fields that a transition took.
 */
export async function moveIssue(outgoing: OnIssue, clients: Clients, context: AdapterContext): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  const { to, issue, body } = outgoing;
  const call = { method: "GET", path: pathOf`/issue/${issue}`, query: { fields: "status,project,issuetype" } } as const;
  const fields = record(record(await clients.call(to.account, call, context))["fields"]);
  const start = readStatus(fields["status"]);
  const goal = goalOf(text(body["status"]), text(body["state"]));
  if (goal.rank(start) !== undefined) return used;
  const project = text(record(fields["project"])["key"]) ?? to.room;
  const journey = { outgoing, goal, project, type: text(record(fields["issuetype"])["id"]) ?? "", clients, context, used };
  const steps = await stepsOf(issue, to.account, clients, context);
  const { path, complete } = await search(start, steps, journey);
  if (path !== undefined) await follow(path, steps, journey);
  else if (complete || !(await exists(journey))) throw stuck(undefined, steps, journey);
  else await walk(start, steps, journey);
  return used;
}

/** The best of these steps that reaches the goal at once, and how good it is: one whose form asks for what we do not have is poor. */
function lastStep(steps: readonly Step[], journey: Journey): { readonly step: Step; readonly rank: number } | undefined {
  const ranked = steps.flatMap((step) => {
    const rank = journey.goal.rank(step.to);
    return rank === undefined ? [] : [{ step, rank: rank + (isComplete(step, journey) ? 0 : poor) }];
  });
  return ranked.toSorted((a, b) => a.rank - b.rank)[0];
}

function isComplete(step: Step, { outgoing: { to, body }, clients }: Journey): boolean {
  try {
    valuesFor(step, record(body["fields"]), clients.settings(to.account).deployment, to.account);
    return true;
  } catch {
    return false;
  }
}

/** What a search found: the statuses on the way, and whether it has seen the whole workflow. */
interface Found {
  readonly path: readonly Status[] | undefined;
  readonly complete: boolean;
}

/** The shortest known way to the best status. Breadth first, and nothing is moved. */
async function search(start: Status, first: readonly Step[], journey: Journey): Promise<Found> {
  const seen = new Set([start.id]);
  let edge: { readonly path: readonly Status[]; readonly steps: readonly Step[] }[] = [{ path: [], steps: first }];
  let best: { readonly path: readonly Status[]; readonly rank: number } | undefined;
  let lookups = 0;
  let complete = true;
  for (let hop = 1; hop <= maxHops && edge.length > 0; hop++) {
    for (const { path, steps } of edge) {
      const last = lastStep(steps, journey);
      if (last !== undefined && last.rank < (best?.rank ?? Infinity)) best = { path: [...path, last.step.to], rank: last.rank };
    }
    if (best !== undefined && best.rank < poor) break;
    const next: typeof edge = [];
    for (const { path, steps } of edge) {
      for (const { to } of steps.filter((step) => !seen.has(step.to.id))) {
        seen.add(to.id);
        // A way through a closed status would tell everybody that the issue was closed.
        if (to.category === "done" && journey.goal.rank(to) !== undefined) continue;
        lookups += 1;
        const known = lookups > maxLookups || hop === maxHops ? undefined : await stepsBeyond(to, journey);
        if (known === undefined) complete = false;
        else next.push({ path: [...path, to], steps: known });
      }
    }
    edge = next;
  }
  return { path: best?.path, complete };
}

/** The transitions out of a status, learned from another issue that stands there; undefined when there is no such issue. */
async function stepsBeyond(
  status: Status,
  { outgoing, project, type, clients, context }: Journey,
): Promise<readonly Step[] | undefined> {
  const { account } = outgoing.to;
  const conditions = [`project = ${quoted(project)}`, `status = ${/^\d+$/.test(status.id) ? status.id : quoted(status.name)}`];
  if (/^\d+$/.test(type)) conditions.push(`issuetype = ${type}`);
  const query = { jql: `${conditions.join(" AND ")} ORDER BY updated DESC`, maxResults: 1, fields: "status" };
  const path = clients.settings(account).deployment === "cloud" ? "/search/jql" : "/search";
  const answer = record(await clients.cached(account, { method: "GET", path, query }, context));
  const key = text(records(answer["issues"])[0]?.["key"]);
  return key === undefined || !isIssueKey(key) ? undefined : await stepsOf(key, account, clients, context, "cached");
}

/** Whether the site has the status that was named at all. */
async function exists({ goal, outgoing: { to }, clients, context }: Journey): Promise<boolean> {
  if (goal.named === undefined) return true;
  const all = pageOf(await clients.cached(to.account, { method: "GET", path: "/status" }, context), ["values"], to.account);
  return all.some((one) => goal.rank(readStatus(one)) !== undefined);
}

/** Goes a way that is known. The steps of the moment decide: another issue may have had others. */
async function follow(path: readonly Status[], first: readonly Step[], journey: Journey): Promise<void> {
  let steps = first;
  for (const [hop, status] of path.entries()) {
    if (hop > 0) steps = await stepsOf(journey.outgoing.issue, journey.outgoing.to.account, journey.clients, journey.context);
    const onTheWay = steps.find(({ to }) => to.id === status.id);
    const step = onTheWay ?? (hop === path.length - 1 ? lastStep(steps, journey)?.step : undefined);
    if (step === undefined) throw stuck(path[hop - 1], steps, journey);
    await take(step, journey);
  }
}

/**
 * Goes where no issue stands to learn from, but only where there is no choice: one way that does not close, to a status where
 * it has not been.
 */
async function walk(start: Status, first: readonly Step[], journey: Journey): Promise<void> {
  const seen = new Set([start.id]);
  let [at, steps]: [Status | undefined, readonly Step[]] = [undefined, first];
  for (let hop = 1; hop <= maxHops; hop++) {
    const last = lastStep(steps, journey)?.step;
    const onward = steps.filter(({ to }) => !seen.has(to.id) && to.category !== "done");
    const step = last ?? (onward.length === 1 && hop < maxHops ? onward[0] : undefined);
    if (step === undefined) break;
    await take(step, journey);
    if (last !== undefined) return;
    at = step.to;
    seen.add(at.id);
    steps = await stepsOf(journey.outgoing.issue, journey.outgoing.to.account, journey.clients, journey.context);
  }
  throw stuck(at, steps, journey);
}

async function take(step: Step, { outgoing, clients, context, used }: Journey): Promise<void> {
  const { to, issue, body } = outgoing;
  const given = record(body["fields"]);
  const fields = valuesFor(step, given, clients.settings(to.account).deployment, to.account);
  const call = {
    method: "POST",
    path: pathOf`/issue/${issue}/transitions`,
    body: { transition: { id: step.id }, fields },
  } as const;
  await clients.call(to.account, call, context, to);
  for (const name of Object.keys(given)) if (fieldCalled(name, step.fields, to.account) !== undefined) used.add(name);
}

/** `at`: where the issue was brought on the way. */
function stuck(at: Status | undefined, steps: readonly Step[], { outgoing, goal }: Journey): Error {
  const names = [...new Set(steps.map(({ to }) => to.name))].join(", ") || "none";
  const moved = at === undefined ? "" : ` It stands at "${at.name}" now.`;
  const what = `no way is known for ${outgoing.issue} to ${goal.says}: from where it is it can go to ${names}.${moved} Name the next status`;
  return refusal("operation.rejected", outgoing.to.account, what);
}
