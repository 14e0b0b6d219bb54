import type { AdapterContext, ConnectionTransport } from "@devflow/gateway/contract";
import { GatewayError, sleep, type JsonObject } from "@devflow/gateway/kit";
import type { Crew, Invitations } from "../client/index.ts";
import { errcodeOf, readError, statusOf } from "../errors.ts";
import type { Settings } from "../options.ts";
import { object, string } from "../wire/index.ts";
import { refuseEncrypted, sendReceipts } from "./answer.ts";
import { takeRooms } from "./rooms.ts";

/** How long the homeserver holds a sync open when there is nothing. */
const pollTimeoutMs = 30_000;
/** A sync that is silent for this much longer is dead, whatever the socket says. A homeserver that wakes up may take its time. */
const silenceMs = 30_000;
/** An empty answer sooner than this was no long poll. */
const hastyMs = 1_000;
const timelineLimit = 100;

/** What homeservers call a token that is none of theirs. Synapse says no more than `M_UNKNOWN`. */
const refusedToken: ReadonlySet<string> = new Set(["M_UNKNOWN_POS", "M_INVALID_PARAM", "M_UNKNOWN"]);

/** What comes with a sync. Whoever types, and who is online, is nothing that handlers could want. */
const filter = JSON.stringify({
  presence: { types: [] },
  account_data: { types: [] },
  room: {
    timeline: { limit: timelineLimit },
    state: { types: ["m.room.name", "m.room.canonical_alias"], lazy_load_members: true },
    ephemeral: { types: ["m.receipt"] },
    account_data: { types: [] },
  },
});

interface Cursor {
  readonly next: string;
}

/**
 * `/sync`. The token moves only after the sink took everything, and by compare-and-set, so that of two processes the one that
 * lost its lease cannot move it back. The first sync only learns where the present is: what was said before is not answered.
 */
export function connection(settings: Settings, crew: Crew, invitations: Invitations): ConnectionTransport {
  return {
    async lines(context) {
      const syncs = settings.sync ?? (await crew.hsTokens(context)).length === 0;
      return syncs ? [await crew.account(context)] : [];
    },

    async run(account, sink, context, up) {
      const key = `since/${account}`;
      const saved = await context.memory.get<Cursor>(key);
      let version = saved?.version ?? 0;
      let since = saved?.value.next;
      let timeoutMs = 0;
      let joining = Promise.resolve();
      while (!context.signal.aborted) {
        // Joining a room on another server can take a minute; the line does not wait for it.
        joining = joining.then(() => invitations.accept(account, context));
        const asked = context.clock.now();
        const answer = await sync(crew, account, since, timeoutMs, context);
        if (answer === undefined) break;
        if (answer === "expired") {
          context.log.warn(
            { platform: "matrix", account },
            "The homeserver does not know the sync token any more; going on from now",
          );
          since = undefined;
          timeoutMs = 0;
          continue;
        }
        const next = string(answer.next_batch);
        if (next === undefined) throw failed(account, "platform.failed", "the sync has no next_batch; dialling again");
        const taken = await takeRooms({ crew, invitations, account, since, context }, object(answer.rooms));
        if (taken.deliveries.length > 0) await sink({ deliveries: taken.deliveries });
        if (timeoutMs === 0) up();
        if (next !== since) {
          const written = await context.memory.set(key, { next } satisfies Cursor, { ifVersion: version });
          if (written === false)
            throw failed(
              account,
              "connection.conflict",
              "another process moved the sync token. It has the line now; this one stops and dials again",
            );
          version = written;
        } else if (timeoutMs > 0 && context.clock.now() - asked < hastyMs) await sleep(context.clock, hastyMs, context.signal);
        since = next;
        timeoutMs = taken.invited ? 0 : pollTimeoutMs;
        await refuseEncrypted(crew, account, taken.encrypted, context);
        if (settings.receipts !== false) sendReceipts(crew, account, taken.read, context);
      }
      await joining;
    },
  };
}

/** What one sync answers; undefined when the caller wants no more, `expired` for a token that is none any more. */
async function sync(
  crew: Crew,
  account: string,
  since: string | undefined,
  timeoutMs: number,
  context: AdapterContext,
): Promise<JsonObject | "expired" | undefined> {
  const silence = new AbortController();
  const cancel = context.clock.after(timeoutMs + silenceMs, () => silence.abort());
  const query = { filter, timeout: String(timeoutMs), set_presence: "offline", ...(since === undefined ? {} : { since }) };
  try {
    const signal = AbortSignal.any([context.signal, silence.signal]);
    return object(await crew.request(account, { method: "GET", path: "/client/v3/sync", what: "sync", query }, context, signal));
  } catch (error) {
    if (context.signal.aborted) return undefined;
    if (silence.signal.aborted) throw failed(account, "network.failed", "the sync has fallen silent; dialling again");
    if (since !== undefined && statusOf(error) === 400 && refusedToken.has(errcodeOf(error) ?? "")) return "expired";
    throw readError(error, { account, what: "sync" });
  } finally {
    cancel();
  }
}

function failed(account: string, code: "network.failed" | "platform.failed" | "connection.conflict", what: string): GatewayError {
  return new GatewayError(code, `matrix: ${account}: ${what}.`, { platform: "matrix", account, retryable: true });
}
