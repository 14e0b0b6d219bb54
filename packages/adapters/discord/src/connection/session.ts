import type { AdapterContext } from "@devflow/gateway/contract";
import { GatewayError, sleep } from "@devflow/gateway/kit";
import { platform } from "../options.ts";

/** What it takes to go on where a line broke off. */
export interface Session {
  readonly id: string;
  readonly url: string;
  /** Number of the last dispatch that is durable. */
  readonly seq: number;
  /** When that was. Milliseconds since the epoch. */
  readonly at: number;
}

/** What the store knows of a line. */
export interface Known {
  /** The session to take up; none when it is lost, or while it has not told all that was missed before it. */
  readonly session?: Session;
  /** When the session before was heard last: messages since then are fetched of every server that the present one tells of. */
  readonly lostAt?: number;
}

/** The session of one line, in the store. */
export interface SessionStore {
  load(): Promise<Known | undefined>;
  /** Rejects when another process has written in between: it has the line now. */
  save(known: Known): Promise<void>;
}

/** Source: Discord's reference, "Gateway": one IDENTIFY in five seconds for each of `max_concurrency`. */
const identifyMs = 5_000;

/** Makes a {@link SessionStore}. It writes by compare-and-set, so that whoever lost the line cannot move its cursor back. */
export function sessionStore(line: string, context: AdapterContext): SessionStore {
  const key = `session/${line}`;
  let version = 0;
  return {
    async load() {
      const entry = await context.memory.get<Known>(key);
      version = entry?.version ?? 0;
      return entry?.value;
    },
    async save(known) {
      const written = await context.memory.set(key, known, { ifVersion: version });
      if (written === false) {
        const said = `discord: line ${line}: another process holds this line now; this one stops and dials again.`;
        throw new GatewayError("connection.conflict", said, { platform, account: line, retryable: true });
      }
      version = written;
    },
  };
}

/** Waits until this bot may open another session, over all processes of the store. Discord resets the token of who opens too many. */
export async function identifyTurn(account: string, slot: number, context: AdapterContext): Promise<void> {
  const key = `identify/${account}/${slot}`;
  while (!context.signal.aborted) {
    const entry = await context.memory.get<number>(key);
    const waitMs = entry === undefined ? 0 : entry.value + identifyMs - context.clock.now();
    if (waitMs > 0) await sleep(context.clock, Math.min(waitMs, identifyMs), context.signal);
    else if ((await context.memory.set(key, context.clock.now(), { ifVersion: entry?.version ?? 0, ttlMs: 60_000 })) !== false)
      return;
  }
}
