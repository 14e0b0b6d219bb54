import type { Receipt } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import { statusOf, wasSent } from "../errors.ts";
import { id, present, projectPath, record, records, text } from "../wire/index.ts";
import { receipt, type Job } from "./job.ts";

/**
 * Starts a pipeline, with the account's trigger token where there is one. When nobody knows whether it has started, it is not
 * tried again: a second deployment is worse than a question.
 */
export async function runPipeline(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  const { account, room } = outgoing.to;
  const trigger = await triggerToken(job);
  const wanted = trigger === undefined ? { path: call.path, body: call.fields } : triggered(call.fields, room, trigger);
  try {
    const made = await clients.object(account, { method: "POST", ...wanted, pool: "pipelines", room, own: false }, context);
    return runReceipt(job, made);
  } catch (error) {
    if (!isGatewayError(error) || !isOpen(error)) throw error;
    throw new GatewayError(error.code, `${error.message} Look at the pipelines of ${room} before it is started again.`, {
      platform: "gitlab",
      account,
      retryable: false,
      cause: error.cause,
    });
  }
}

/** Cancels or retries a pipeline or a job. A retried job is a new one: its id is the receipt's key. */
export async function steerPipeline(job: Job): Promise<Receipt> {
  const { outgoing, call, clients, context } = job;
  const { account, room } = outgoing.to;
  const made = await clients.object(account, { method: "POST", path: call.path, body: {}, room, own: false }, context);
  return runReceipt(job, made);
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
