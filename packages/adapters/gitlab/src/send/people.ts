import type { JsonObject } from "@devflow/gateway/kit";
import { id, record, records, type People } from "../wire/index.ts";
import { refused, type Job } from "./job.ts";

/** Ids of people, as the API wants a list of them: a lone zero for nobody. `item` is asked for who is there, where some are added or removed. */
export async function idsOf(job: Job, wanted: People, now: readonly JsonObject[]): Promise<readonly number[]> {
  const lookUp = (names: readonly string[] = []): Promise<number[]> => Promise.all(names.map((name) => userId(job, name)));
  if (wanted.set !== undefined) return listed(await lookUp(wanted.set));
  const current = now.flatMap((user) => Number(id(user["id"]) ?? Number.NaN)).filter(Number.isSafeInteger);
  const [add, remove] = [await lookUp(wanted.add), new Set(await lookUp(wanted.remove))];
  return listed([...new Set([...current, ...add])].filter((one) => !remove.has(one)));
}

function listed(ids: readonly number[]): readonly number[] {
  return ids.length === 0 ? [0] : ids;
}

async function userId(job: Job, name: string): Promise<number> {
  if (/^\d+$/.test(name)) return Number(name);
  const { outgoing, clients, context } = job;
  const { body } = await clients.call(outgoing.to.account, { path: "users", query: { username: name }, pool: "users" }, context);
  const found = Number(id(record(records(body)[0])["id"]) ?? Number.NaN);
  if (Number.isSafeInteger(found)) return found;
  throw refused(job, `nobody is called ${name.slice(0, 100)} here. Use the name behind the @.`);
}
