import type { AdapterContext, ConnectionTransport } from "@devflow/gateway/contract";
import { isGatewayError, sleep, type JsonObject } from "@devflow/gateway/kit";
import type { Clients } from "./client/index.ts";
import { statusOf } from "./errors.ts";
import type { Settings } from "./options.ts";
import { hookKeys, id, record, text, type OwnHook } from "./wire/index.ts";

/** How many of a hook's newest calls are looked at. GitLab keeps them for two days, and gives twenty at once, not one more. */
const reach = 100;
const pageLimit = 20;

/**
 * Looks after the hooks that `setup` made: GitLab never calls again by itself, and stops calling a hook that failed. What
 * was not taken is asked for again and comes by the webhook, under the id that it had; a hook that sleeps is woken.
 */
export function createConnection(settings: Settings, clients: Clients): ConnectionTransport {
  const wants = ([, { projects = [], groups = [] }]: readonly [
    string,
    { projects?: readonly string[]; groups?: readonly string[] },
  ]): boolean => projects.length + groups.length > 0;
  return {
    lines: () => (settings.sweepMs === 0 ? [] : [...settings.accounts].filter(wants).map(([account]) => account)),
    async run(account, _, context, up) {
      for (let first = true; !context.signal.aborted; first = false) {
        for (const { value } of await context.memory.list<OwnHook>(hookKeys(account))) {
          if (context.signal.aborted) return;
          await look(value, account, clients, context);
        }
        if (first) up();
        await sleep(context.clock, settings.sweepMs, context.signal);
      }
    },
  };
}

async function look({ home, id: hook }: OwnHook, account: string, clients: Clients, context: AdapterContext): Promise<void> {
  const path = `${home}/hooks/${hook}`;
  try {
    const state = await clients.object(account, { path }, context);
    const status = text(state["alert_status"]) ?? "executable";
    if (status !== "executable") {
      context.log.warn({ platform: "gitlab", account, hook, status }, "gitlab: a webhook is not called any more; testing it");
      await clients.call(account, { method: "POST", path: `${path}/test/push_events`, body: {}, own: false }, context);
    }
    const events: JsonObject[] = [];
    for await (const event of clients.list(account, { path: `${path}/events`, query: { per_page: pageLimit } }, context)) {
      if (events.push(event) >= reach) break;
    }
    for (const event of lost(events)) {
      if (await isAsked(event, hook, account, context)) continue;
      await clients.call(
        account,
        { method: "POST", path: `${path}/events/${id(event["id"])}/resend`, body: {}, own: false },
        context,
      );
    }
  } catch (error) {
    // A hook that somebody removed, a limit, a fault: the next look is soon. A line that cannot be held at all is the core's affair.
    if (!isGatewayError(error) || error.code === "auth.failed" || error.code === "secret.missing") throw error;
    if (context.signal.aborted) return;
    context.log.warn(
      { platform: "gitlab", account, hook, code: error.code, status: statusOf(error) },
      "gitlab: a webhook could not be looked after",
    );
  }
}

/** Calls that failed and did not succeed in another attempt. */
function lost(events: readonly JsonObject[]): readonly JsonObject[] {
  const taken = new Set(events.filter((event) => /^2\d\d$/.test(String(event["response_status"]))).map(keyOf));
  const asked = new Map<string, JsonObject>();
  for (const event of events) if (!taken.has(keyOf(event))) asked.set(keyOf(event), event);
  // GitLab lists the newest first; they are to come as they came.
  return [...asked.values()].toReversed().filter((event) => id(event["id"]) !== undefined);
}

/** All attempts of a delivery have one key. */
function keyOf(event: JsonObject): string {
  const headers = record(event["request_headers"]);
  return text(headers["Idempotency-Key"]) ?? text(headers["webhook-id"]) ?? `event ${id(event["id"])}`;
}

const askedMs = 3 * 86_400_000;

/** A delivery is asked for once in each look-out of an hour, for three days at most: what keeps failing is not a matter of asking. */
async function isAsked(event: JsonObject, hook: string, account: string, { memory, clock }: AdapterContext): Promise<boolean> {
  const key = `asked/${encodeURIComponent(account)}/${hook}/${keyOf(event)}`;
  const known = (await memory.get<{ readonly times: number; readonly at: number }>(key))?.value ?? { times: 0, at: 0 };
  if (known.times >= 5 || clock.now() - known.at < 3_600_000) return true;
  await memory.set(key, { times: known.times + 1, at: clock.now() }, { ttlMs: askedMs });
  return false;
}
