import type { Receipt } from "@devflow/gateway/contract";
import { sleep, type JsonObject } from "@devflow/gateway/kit";
import { fields } from "../client/index.ts";
import { idOf, known, record, records, text, timeOf } from "../wire/index.ts";
import { done, unless, type Desk } from "./desk.ts";

/** An attempt is remembered for as long as the outbox tries. */
const reachMs = 86_400_000;
/** Clocks differ, and GitHub's counts. */
const skewMs = 60_000;
/** A run shows up in the list a moment after it was asked for. */
const looks = 5;
const lookMs = 1_000;

/** Starts a run and learns its id: GitHub tells it, but for servers that do not know how, and answers that were lost. */
export async function runPipeline(desk: Desk): Promise<Receipt> {
  const { call, clients, context, outgoing, where } = desk;
  const slot = `dispatch:${outgoing.key}`;
  const earlier = outgoing.attempt > 1 ? await context.memory.get<{ readonly at: number }>(slot) : undefined;
  const at = earlier?.value.at ?? context.clock.now();
  const lost = earlier && (await awaitRun(desk, at));
  if (lost) return receipt(desk, lost);
  if (!earlier) await context.memory.set(slot, { at }, { ttlMs: reachMs });
  const details = (await clients.tellsRuns(outgoing.to.account, context)) ? { return_run_details: true } : {};
  const answer = fields(await desk.ask(call.route, { ...call.args, ...where, ...details }));
  const id = idOf(answer["workflow_run_id"]);
  if (id !== undefined) {
    await claim(desk, id);
    return { ...done(desk), key: id, ...known({ url: text(answer["html_url"]) }) };
  }
  const found = await awaitRun(desk, at);
  return found ? receipt(desk, found) : done(desk);
}

/** The run that {@link findRun} finds, as soon as GitHub lists it. */
async function awaitRun(desk: Desk, at: number): Promise<JsonObject | undefined> {
  const { clock, signal } = desk.context;
  for (let look = 0; look < looks && !signal.aborted; look++) {
    if (look > 0) await sleep(clock, lookMs, signal);
    const found = await findRun(desk, at);
    if (found) return found;
  }
  return undefined;
}

/** The oldest run that we have asked for since `at` and that belongs to no other operation of ours. */
async function findRun(desk: Desk, at: number): Promise<JsonObject | undefined> {
  const { ask, call, clients, context, outgoing } = desk;
  const { workflow_id, ref } = call.args;
  const branch = (text(ref) ?? "").replace(/^refs\/(?:heads|tags)\//, "");
  const created = `>=${new Date(at - skewMs).toISOString().slice(0, 19)}Z`;
  const route = "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs";
  const { data } = await ask(route, { workflow_id, event: "workflow_dispatch", branch, created, per_page: 100 });
  const { user } = await clients.self(outgoing.to.account, context);
  const ours = records(record(data)["workflow_runs"])
    .filter((run) => text(record(run["actor"])["login"])?.toLowerCase() === user.handle?.toLowerCase())
    .toSorted((a, b) => (timeOf(a["created_at"]) ?? 0) - (timeOf(b["created_at"]) ?? 0));
  for (const run of ours) {
    const id = idOf(run["id"]);
    if (id !== undefined && (await claim(desk, id))) return run;
  }
  return undefined;
}

/** Takes a run for this operation. False when it is another's. */
async function claim({ context, outgoing: { key, to } }: Desk, id: string): Promise<boolean> {
  const slot = `run:${to.room}:${id}`;
  if ((await context.memory.set(slot, key, { ttlMs: reachMs, ifVersion: 0 })) !== false) return true;
  return (await context.memory.get<string>(slot))?.value === key;
}

function receipt(desk: Desk, run: JsonObject): Receipt {
  return { ...done(desk), ...known({ key: idOf(run["id"]), url: text(run["html_url"]) }) };
}

/** Stops a run. One that has ended is as it should be. */
export async function cancelPipeline(desk: Desk): Promise<Receipt> {
  await unless([409], () => desk.ask(desk.call.route, desk.call.args));
  return { ...done(desk), key: String(desk.call.args["run_id"]) };
}

/** Runs once more. On a second attempt a run that is on its way is the one that the first has asked for. */
export async function retryPipeline(desk: Desk): Promise<Receipt> {
  await unless(desk.outgoing.attempt > 1 ? [403] : [], () => desk.ask(desk.call.route, desk.call.args));
  return { ...done(desk), ...known({ key: idOf(desk.call.args["run_id"]) }) };
}
