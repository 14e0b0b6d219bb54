import type { AdapterContext, ConnectionTransport } from "@devflow/gateway/contract";
import { sleep, type JsonObject } from "@devflow/gateway/kit";
import { fields, type Args, type Clients } from "./client/index.ts";
import { hookPath, platform, type Settings } from "./options.ts";
import { idOf, number, record, records, text, timeOf } from "./wire/index.ts";

/** How often to look, unless the options say. */
const usualMs = 600_000;
/** GitHub keeps deliveries for about three days. */
const keptMs = 3 * 86_400_000;
/** A delivery may be listed some time after it failed. */
const overlapMs = 300_000;
/** A look costs a request for each hundred deliveries, of the App's own thousands an hour. */
const pagesLimit = 200;

/** A webhook whose deliveries can be listed and asked for again. */
interface Source {
  readonly name: string;
  readonly route: string;
  readonly args: Args;
}

/**
 * GitHub delivers once. This line brings no events itself: it looks for deliveries that failed while nobody was listening, and asks
 * for each of them once more, which then comes as the webhook it was, under the id it had.
 */
export function createConnection(settings: Settings, clients: Clients): ConnectionTransport {
  const { account, redeliverEveryMs: everyMs = usualMs, webhooks = [] } = settings;
  return {
    async lines(context) {
      if (everyMs === false) return [];
      return webhooks.length > 0 || (await clients.app(context)) !== undefined ? [account] : [];
    },
    async run(_, __, context, up) {
      for (let first = true; !context.signal.aborted; first = false) {
        for (const source of await sourcesOf(settings, clients, context)) await sweep(source, settings, clients, context);
        if (first) up();
        await sleep(context.clock, everyMs === false ? usualMs : everyMs, context.signal);
      }
    },
  };
}

/** The App's webhook, or those of repositories and organizations that lead to us. */
async function sourcesOf(
  { webhooks = [], account }: Settings,
  clients: Clients,
  context: AdapterContext,
): Promise<readonly Source[]> {
  const found: Source[] = [];
  if ((await clients.app(context)) !== undefined) found.push({ name: "app", route: "/app/hook/deliveries", args: {} });
  for (const name of webhooks) {
    const [owner, repo] = name.split("/");
    const base = repo === undefined ? "/orgs/{org}/hooks" : "/repos/{owner}/{repo}/hooks";
    const args = repo === undefined ? { org: owner } : { owner, repo };
    const { data } = await clients.call(account, `GET ${base}`, { ...args, per_page: 100 }, context);
    for (const hook of records(data).filter(leadsHere))
      found.push({
        name: `${name}/${idOf(hook["id"]) ?? ""}`,
        route: `${base}/{hook_id}/deliveries`,
        args: { ...args, hook_id: hook["id"] },
      });
  }
  return found;
}

function leadsHere(hook: JsonObject): boolean {
  const url = text(record(hook["config"])["url"]) ?? "";
  return URL.canParse(url) && new URL(url).pathname.endsWith(hookPath);
}

/** Looks at what failed since the last look, and asks for each delivery once. */
async function sweep(
  { name, route, args }: Source,
  { account }: Settings,
  clients: Clients,
  context: AdapterContext,
): Promise<void> {
  const now = context.clock.now();
  const last = await context.memory.get<number>(`swept:${name}`);
  const since = Math.max(now - keptMs, (last?.value ?? 0) - overlapMs);
  const arrived = new Set<string>();
  let [asked, pages] = [0, 0];
  // Newest first, so that what came at last is known before the attempt that failed. GitHub's own filter for failures leaves out
  // those that nobody answered.
  reading: for await (const page of clients.pages(account, `GET ${route}`, args, context)) {
    for (const delivery of records(page)) {
      if ((timeOf(delivery["delivered_at"]) ?? now) < since) break reading;
      const [guid, status] = [text(delivery["guid"]), number(delivery["status_code"]) ?? 0];
      if (guid === undefined || arrived.has(guid)) continue;
      if (status >= 200 && status < 400) arrived.add(guid);
      else if (await askAgain(guid, idOf(delivery["id"]), { name, route, args }, account, clients, context)) asked += 1;
    }
    if (++pages < pagesLimit) continue;
    context.log.warn(
      { platform, account, webhook: name },
      "github: there are more deliveries than one look can read; older ones are left out",
    );
    break;
  }
  await context.memory.set(`swept:${name}`, now, { ttlMs: keptMs });
  if (asked > 0)
    context.log.info(
      { platform, account, webhook: name, deliveries: asked },
      "github: asked again for webhooks that had not arrived",
    );
}

async function askAgain(
  guid: string,
  id: string | undefined,
  { name, route, args }: Source,
  account: string,
  clients: Clients,
  context: AdapterContext,
): Promise<boolean> {
  if (id === undefined) return false;
  const slot = `again:${name}:${guid}`;
  if ((await context.memory.set(slot, id, { ttlMs: keptMs + 86_400_000, ifVersion: 0 })) === false) return false;
  try {
    fields(await clients.call(account, `POST ${route}/{delivery_id}/attempts`, { ...args, delivery_id: id }, context));
    return true;
  } catch (error) {
    await context.memory.delete(slot);
    throw error;
  }
}
