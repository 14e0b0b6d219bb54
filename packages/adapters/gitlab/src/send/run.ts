import type { Receipt } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import { statusOf, wasSent } from "../errors.ts";
import { id, present, projectPath, record, records, text } from "../wire/index.ts";
import { receipt, type Job } from "./job.ts";

/** An attempt is remembered for as long as the outbox tries. */
const reachMs = 86_400_000;

/**
 * Starts a pipeline, with the account's trigger token where there is one. When nobody knows whether it has started, it is not
 * tried again: a second deployment is worse than a question. What was broken off before GitLab answered is known by a note.
 */
export async function runPipeline(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  const { account, room } = outgoing.to;
  const trigger = await triggerToken(job);
  const wanted = trigger === undefined ? { path: call.path, body: call.fields } : triggered(call.fields, room, trigger);
  const note = `started/${outgoing.key}`;
  const before = (await context.memory.get<Partial<Receipt>>(note))?.value;
  if (before?.key !== undefined) return receipt(job, before);
  if (before !== undefined) {
    // Whoever replays it from the dead letters has looked.
    await context.memory.delete(note);
    throw unsure(job, new GatewayError("network.failed", `gitlab: an earlier attempt on account ${account} was broken off.`));
  }
  await context.memory.set(note, {}, { ttlMs: reachMs });
  try {
    const made = await clients.object(account, { method: "POST", ...wanted, pool: "pipelines", room, own: false }, context);
    const done = runReceipt(job, made);
    // It has started, whether the store can note it or not.
    await context.memory.set(note, done, { ttlMs: reachMs }).catch(() => undefined);
    return done;
  } catch (error) {
    const open = isGatewayError(error) && isOpen(error);
    // The outbox has given up on a call that it broke off, and does not hear what becomes of it: the next attempt does.
    if (!open || !context.signal.aborted) await context.memory.delete(note);
    throw open ? unsure(job, error) : error;
  }
}

function unsure({ outgoing: { to } }: Job, { code, message, cause }: GatewayError): GatewayError {
  return new GatewayError(code, `${message} Look at the pipelines of ${to.room} before it is started again.`, {
    platform: "gitlab",
    account: to.account,
    retryable: false,
    cause,
  });
}

/** Cancels or retries a pipeline or a job. A retried job is a new one: its id is the receipt's key. */
export async function steerPipeline(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  const { account, room } = outgoing.to;
  try {
    const made = await clients.object(account, { method: "POST", path: call.path, body: {}, room, own: false }, context);
    return runReceipt(job, made);
  } catch (error) {
    // A job is retried once. The attempt before this one may have done it.
    const made = outgoing.attempt > 1 && statusOf(error) === 403 ? await heirOf(job) : undefined;
    if (made === undefined) throw error;
    return runReceipt(job, made);
  }
}

/** What a retried job became. A pipeline lists the newest job of a name alone. */
async function heirOf({ outgoing, call, clients, context }: Job): Promise<JsonObject | undefined> {
  const { account, room } = outgoing.to;
  const path = /^(.*\/jobs\/[^/]+)\/retry$/.exec(call.path)?.[1];
  if (path === undefined) return undefined;
  const retried = await clients.object(account, { path }, context);
  const jobs = `${projectPath(room)}/pipelines/${id(record(retried["pipeline"])["id"])}/jobs`;
  for await (const one of clients.list(account, { path: jobs }, context))
    if (one["name"] === retried["name"] && id(one["id"]) !== id(retried["id"])) return one;
  return undefined;
}

function runReceipt(job: Job, made: JsonObject): Receipt {
  const raw = present({
    id: made["id"],
    iid: made["iid"],
    name: made["name"],
    status: made["status"],
    pipeline: record(made["pipeline"])["id"],
  });
  return receipt(job, { key: id(made["id"]), url: text(made["web_url"]), raw });
}

/** True when it may have happened. A gateway that says 503 has not let it through. */
function isOpen(error: GatewayError): boolean {
  if (error.code === "network.failed") return wasSent(error);
  return error.code === "platform.failed" && statusOf(error) !== 503;
}

async function triggerToken({ outgoing: { to }, settings, context }: Job): Promise<string | undefined> {
  const found = settings.accounts.get(to.account)?.triggerToken ?? (await context.secret("TRIGGER_TOKEN", to.account));
  return found?.expose() || undefined;
}

/** The token goes into the body: access logs keep queries. */
function triggered(
  fields: Readonly<Record<string, unknown>>,
  room: string,
  token: string,
): { readonly path: string; readonly body: object } {
  const { ref, inputs, variables } = fields;
  const named = Object.fromEntries(records(variables).map(({ key, value }) => [String(key), value]));
  const body = { token, ref, ...present({ inputs }), ...(variables !== undefined && { variables: named }) };
  return { path: `${projectPath(room)}/trigger/pipeline`, body };
}
