import type { AdapterContext } from "@devflow/gateway/contract";
import { quoted, type Clients } from "../client/index.ts";
import { refusal } from "../errors.ts";
import { isIssueKey, pathOf, record, records, text } from "../wire/index.ts";
import type { OnIssue } from "./issue.ts";
import { readStatus, stepsOf, valuesFor, type Status, type Step } from "./step.ts";

/** Transitions that one update may take. */
const maxHops = 4;
/** Statuses whose transitions one update may look up. */
const maxLookups = 12;

/** Where an issue is to go. */
interface Goal {
  readonly says: string;
  /** Smaller is better; undefined for a status that is none of those meant. */
  rank(status: Status): number | undefined;
}

/** What is known of an issue that moves. */
interface Journey {
  readonly outgoing: OnIssue;
  readonly goal: Goal;
  readonly project: string;
  readonly type: string;
  readonly clients: Clients;
  readonly context: AdapterContext;
}

/**
 * Moves an issue to a status, or to any that is open or closed. Jira tells only the transitions that are possible now; a longer
 * way is first searched without moving anything, by looking at other issues of the project that stand where the way may lead.
 */
export async function moveIssue(outgoing: OnIssue, clients: Clients, context: AdapterContext): Promise<void> {
  const { to, issue, body } = outgoing;
  const call = { method: "GET", path: pathOf`/issue/${issue}`, query: { fields: "status,project,issuetype" } } as const;
  const fields = record(record(await clients.call(to.account, call, context))["fields"]);
  const start = readStatus(fields["status"]);
  const goal = goalOf(text(body["status"]), text(body["state"]));
  if (goal.rank(start) !== undefined) return;
  const project = text(record(fields["project"])["key"]) ?? to.room;
  const journey = { outgoing, goal, project, type: text(record(fields["issuetype"])["id"]) ?? "", clients, context };
  const steps = await stepsOf(issue, to.account, clients, context);
  const path = await pathFrom(start, steps, journey);
  await (path === undefined ? walk(start, steps, journey) : follow(path, steps, journey));
}

const usual = ["done", "closed", "resolved"];

/** Of several statuses that will do, the one with the usual name; of those that are open, the first of the workflow. */
function goalOf(status: string | undefined, state: string | undefined): Goal {
  if (status !== undefined) {
    const wanted = status.trim().toLowerCase();
    const is = (one: Status): boolean => one.id === status || one.name.toLowerCase() === wanted;
    return {
      says: `"${status.slice(0, 100)}"`,
      rank: (one) => (is(one) && (state === undefined || isIn(state, one)) ? 0 : undefined),
    };
  }
  if (state === "closed") {
    const place = ({ name }: Status): number => (usual.indexOf(name.toLowerCase()) + usual.length + 1) % (usual.length + 1);
    return { says: "a status that is closed", rank: (one) => (one.category === "done" ? place(one) : undefined) };
  }
  return { says: "a status that is open", rank: (one) => (one.category === "done" ? undefined : one.category === "new" ? 0 : 1) };
}

function isIn(state: string, { category }: Status): boolean {
  return (state === "closed") === (category === "done");
}

/** The best of these steps that reaches the goal at once. */
function lastStep(steps: readonly Step[], { goal }: Journey): Step | undefined {
  const fitting = steps.filter((step) => goal.rank(step.to) !== undefined);
  return fitting.toSorted((a, b) => (goal.rank(a.to) ?? 0) - (goal.rank(b.to) ?? 0))[0];
}

/** The shortest known way, as the statuses on it; undefined when none is known. Breadth first, and nothing is moved. */
async function pathFrom(start: Status, steps: readonly Step[], journey: Journey): Promise<readonly Status[] | undefined> {
  const seen = new Set([start.id]);
  let edge: { readonly path: readonly Status[]; readonly steps: readonly Step[] }[] = [{ path: [], steps }];
  let lookups = 0;
  for (let hop = 1; hop <= maxHops && edge.length > 0; hop++) {
    for (const one of edge) {
      const last = lastStep(one.steps, journey);
      if (last !== undefined) return [...one.path, last.to];
    }
    const next: typeof edge = [];
    for (const { path, steps: from } of edge) {
      for (const { to } of from) {
        if (seen.has(to.id) || lookups >= maxLookups || hop === maxHops) continue;
        seen.add(to.id);
        lookups += 1;
        const known = await stepsBeyond(to, journey);
        if (known.length > 0) next.push({ path: [...path, to], steps: known });
      }
    }
    edge = next;
  }
  return undefined;
}

/** The transitions out of a status, learned from another issue that stands there; none when there is no such issue. */
async function stepsBeyond(status: Status, { outgoing, project, type, clients, context }: Journey): Promise<readonly Step[]> {
  const { account } = outgoing.to;
  const conditions = [`project = ${quoted(project)}`, `status = ${/^\d+$/.test(status.id) ? status.id : quoted(status.name)}`];
  if (/^\d+$/.test(type)) conditions.push(`issuetype = ${type}`);
  const query = { jql: `${conditions.join(" AND ")} ORDER BY updated DESC`, maxResults: 1, fields: "status" };
  const path = clients.settings(account).deployment === "cloud" ? "/search/jql" : "/search";
  const answer = record(await clients.cached(account, { method: "GET", path, query }, context));
  const key = text(records(answer["issues"])[0]?.["key"]);
  return key === undefined || !isIssueKey(key) ? [] : await stepsOf(key, account, clients, context, "cached");
}

/** Goes a way that is known. The steps of the moment decide: another issue may have had others. */
async function follow(path: readonly Status[], first: readonly Step[], journey: Journey): Promise<void> {
  let steps = first;
  for (const [hop, status] of path.entries()) {
    if (hop > 0) steps = await stepsOf(journey.outgoing.issue, journey.outgoing.to.account, journey.clients, journey.context);
    const step = hop === path.length - 1 ? lastStep(steps, journey) : steps.find(({ to }) => to.id === status.id);
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
    const last = lastStep(steps, journey);
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

async function take(step: Step, { outgoing, clients, context }: Journey): Promise<void> {
  const { to, issue, body } = outgoing;
  const fields = valuesFor(step, record(body["fields"]), clients.settings(to.account).deployment, to.account);
  const call = {
    method: "POST",
    path: pathOf`/issue/${issue}/transitions`,
    body: { transition: { id: step.id }, fields },
  } as const;
  await clients.call(to.account, call, context, to);
}

/** `at`: where the issue was brought on the way. */
function stuck(at: Status | undefined, steps: readonly Step[], { outgoing, goal }: Journey): Error {
  const names = [...new Set(steps.map(({ to }) => to.name))].join(", ") || "none";
  const moved = at === undefined ? "" : ` It stands at "${at.name}" now.`;
  const what = `no way is known for ${outgoing.issue} to ${goal.says}: from where it is it can go to ${names}.${moved} Name the next status`;
  return refusal("operation.rejected", outgoing.to.account, what);
}
