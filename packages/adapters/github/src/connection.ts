import type { AdapterContext, ConnectionTransport } from "@devflow/gateway/contract";
import { isGatewayError, sleep, type JsonObject } from "@devflow/gateway/kit";
import { fields, type Args, type Clients } from "./client/index.ts";
import { statusOf } from "./errors.ts";
import { hookPath, platform, type Settings } from "./options.ts";
import { idOf, number, record, records, text, timeOf } from "./wire/index.ts";

/** How often to look, unless the options say. */
const usualMs = 600_000;
/** GitHub keeps deliveries for about three days. */
const keptMs = 3 * 86_400_000;
/** A delivery may be listed some time after it failed. */
const overlapMs = 300_000;
/** A delivery that is lost again is asked for at the next look, but what keeps failing is no matter of asking. */
const mostTimes = 12;
/** Answers about one delivery and no other: it is not known any more, or cannot be sent. */
const final: ReadonlySet<number> = new Set([400, 404, 410, 422]);
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
 * for each of them again, which then comes as the webhook it was, under the id it had. It dies when it can look nowhere.
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
        const homes = [...((await clients.app(context)) === undefined ? [] : [undefined]), ...webhooks];
        let failures = 0;
        for (const home of homes) {
          try {
            const sources = home === undefined ? [appSource] : await sourcesOf(home, account, clients, context);
            for (const source of sources) await sweep(source, settings, clients, context);
          } catch (error) {
            if (!isGatewayError(error) || context.signal.aborted || ++failures === homes.length) throw error;
            const { code, message: detail } = error;
            context.log.warn(
              { platform, account, webhook: home ?? "app", code, detail },
              "github: a webhook could not be looked after",
            );
          }
        }
        if (first) up();
        await sleep(context.clock, everyMs === false ? usualMs : everyMs, context.signal);
      }
    },
  };
}

const appSource: Source = { name: "app", route: "/app/hook/deliveries", args: {} };

/** The webhooks of a repository or organization that lead to us. */
async function sourcesOf(name: string, account: string, clients: Clients, context: AdapterContext): Promise<readonly Source[]> {
  const [owner, repo] = name.split("/");
  const base = repo === undefined ? "/orgs/{org}/hooks" : "/repos/{owner}/{repo}/hooks";
  const args = repo === undefined ? { org: owner } : { owner, repo };
  const { data } = await clients.call(account, `GET ${base}`, { ...args, per_page: 100 }, context);
  return records(data)
    .filter(leadsHere)
    .map((hook) => ({
      name: `${name}/${idOf(hook["id"]) ?? ""}`,
      route: `${base}/{hook_id}/deliveries`,
      args: { ...args, hook_id: hook["id"] },
    }));
}

function leadsHere(hook: JsonObject): boolean {
  const url = text(record(hook["config"])["url"]) ?? "";
  return URL.canParse(url) && new URL(url).pathname.endsWith(hookPath);
}

/** Looks at what failed since the last look, and asks for each delivery of which the newest attempt failed. */
async function sweep(
  { name, route, args }: Source,
  { account }: Settings,
  clients: Clients,
  context: AdapterContext,
): Promise<void> {
  const now = context.clock.now();
  const last = await context.memory.get<number>(`swept:${name}`);
  const since = Math.max(now - keptMs, (last?.value ?? 0) - overlapMs);
  const seen = new Set<string>();
  let [asked, pages] = [0, 0];
  // Newest first, so that what came at last is known before the attempt that failed. GitHub's own filter for failures leaves out
  // those that nobody answered.
  reading: for await (const page of clients.pages(account, `GET ${route}`, args, context)) {
    for (const delivery of records(page)) {
      if ((timeOf(delivery["delivered_at"]) ?? now) < since) break reading;
      const [guid, status] = [text(delivery["guid"]), number(delivery["status_code"]) ?? 0];
      if (guid === undefined || seen.has(guid)) continue;
      seen.add(guid);
      if (status >= 200 && status < 400) continue;
      if (await askAgain(guid, idOf(delivery["id"]), { name, route, args }, account, clients, context)) asked += 1;
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

/** What is known of a delivery that was asked for: the attempt that had failed, and how often one had. */
interface Asked {
  readonly id: string;
  readonly times: number;
}

/** False when it was asked for that attempt, often enough, or in vain: GitHub says that it will not. */
async function askAgain(
  guid: string,
  id: string | undefined,
  { name, route, args }: Source,
  account: string,
  clients: Clients,
  context: AdapterContext,
): Promise<boolean> {
  const slot = `again:${name}:${guid}`;
  const known = await context.memory.get<Asked>(slot);
  const { times } = known?.value ?? { times: 0 };
  if (id === undefined || known?.value.id === id || times >= mostTimes) return false;
  const ttlMs = keptMs + 86_400_000;
  const ifVersion = known?.version ?? 0;
  if ((await context.memory.set(slot, { id, times: times + 1 } satisfies Asked, { ttlMs, ifVersion })) === false) return false;
  try {
    fields(await clients.call(account, `POST ${route}/{delivery_id}/attempts`, { ...args, delivery_id: id }, context));
    return true;
  } catch (error) {
    if (final.has(statusOf(error) ?? 0)) {
      context.log.warn(
        { platform, account, webhook: name, delivery: guid, status: statusOf(error) },
        "github: a webhook that did not arrive will not be sent again",
      );
      return false;
    }
    await (known ? context.memory.set(slot, known.value, { ttlMs }) : context.memory.delete(slot));
    throw error;
  }
}
