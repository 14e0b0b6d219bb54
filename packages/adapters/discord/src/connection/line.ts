import type { AdapterContext, Sink } from "@devflow/gateway/contract";
import { GatewayError, isObject, sleep, type ErrorCode, type JsonObject } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { readArrival } from "../normalize/index.ts";
import { apiVersion, platform, type Settings } from "../options.ts";
import { number, object, text, timeOf } from "../wire/index.ts";
import { createIntake } from "./intake.ts";
import { missedIn } from "./gap.ts";
import { identifyTurn, sessionStore, type Session, type SessionStore } from "./session.ts";
import { openSocket, type Ending, type Socket } from "./socket.ts";

/** A line to hold: one shard of one bot. */
export interface Line {
  /** Name of the line, for the lease and the session. */
  readonly name: string;
  readonly account: string;
  readonly shard: number;
  readonly shards: number;
  readonly settings: Settings;
  readonly clients: Clients;
  readonly sink: Sink;
  readonly context: AdapterContext;
  readonly up: () => void;
}

/** Close codes after which there is no use in dialling. Source: Discord's reference, "Gateway Close Event Codes". */
const fatal: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  4004: ["auth.failed", "Discord does not know the token. Reset it in the developer portal and replace DISCORD_BOT_TOKEN"],
  4010: ["options.invalid", "the number of the shard is wrong. Look at `shards`"],
  4011: ["options.invalid", "the bot is in so many servers that it needs shards. Set `shards`"],
  4012: ["options.invalid", "Discord no longer speaks this version of the Gateway. Update @devflow/discord"],
  4013: ["options.invalid", "`intents` has a bit that Discord does not know"],
  4014: [
    "options.invalid",
    "an intent is not granted. Switch on Message Content (and Server Members, if you ask for it) on the page Bot of the developer portal, or leave it out of `intents`",
  ],
};
/** Close codes after which the session is lost: an invalid number, a session that timed out. */
const forgets: ReadonlySet<number> = new Set([4003, 4007, 4009]);
/** Pause before a session that Discord calls invalid is opened anew. Discord asks for one to five seconds. */
const invalidMs = 2_500;

/** What to do when a socket has come to its end. */
type Next = "again" | "over";

/** Holds a line until its signal aborts: dials again where Discord asks for it, and rejects when the line has died. */
export async function holdLine(line: Line): Promise<void> {
  const store = sessionStore(line.name, line.context);
  while ((await oneSocket(line, store)) === "again" && !line.context.signal.aborted);
}

async function oneSocket(line: Line, store: SessionStore): Promise<Next> {
  const { context, account } = line;
  const { signal, clock } = context;
  if (signal.aborted) return "over";
  const known = (await store.load()) ?? {};
  const saved = known.session;
  let lostAt = known.lostAt;
  const { url, slots } = saved === undefined ? await askForGateway(line) : { url: saved.url, slots: 1 };
  const { promise, resolve, reject } = Promise.withResolvers<Next>();
  promise.catch(() => {});
  let session: Session | undefined = saved;
  let last: number | null = saved?.seq ?? null;
  let socket: Socket | undefined;
  let greeted = false;
  let over = false;
  let intakeFailed = false;
  /** Servers that are still to be asked for what was missed. */
  let behind = 0;
  let catching: Promise<void> = Promise.resolve();

  const intake = createIntake({
    ...line,
    durable: async (seq) => {
      if (session === undefined) return;
      session = { ...session, seq, at: clock.now() };
      // A session tells of each server once: one that was not asked yet would be asked by no line that takes the session up.
      await store.save({ ...(behind === 0 && { session }), ...(lostAt !== undefined && { lostAt }) });
    },
    failed: (error) => {
      intakeFailed = true;
      reject(error);
    },
  });
  const hello = async (intervalMs: number): Promise<void> => {
    greeted = true;
    socket?.beat(intervalMs, intervalMs * Math.random());
    const token = await tokenOf(line);
    if (saved !== undefined) return socket?.send({ op: 6, d: { token, session_id: saved.id, seq: saved.seq } });
    await identifyTurn(account, line.shard % slots, context);
    socket?.send({ op: 2, d: identification(line, token) });
  };
  const dispatched = (frame: JsonObject, body: string): void => {
    const seq = number(frame["s"]) ?? 0;
    last = seq;
    const { session_id: id, resume_gateway_url: resumeUrl } = frame["t"] === "READY" ? object(frame["d"]) : {};
    if (typeof id === "string" && typeof resumeUrl === "string") {
      session = { id, url: resumeUrl, seq, at: clock.now() };
    }
    if (frame["t"] === "READY" || frame["t"] === "RESUMED") line.up();
    intake.put({ dispatch: frame, body, session: session?.id ?? "", seq });
    if (frame["t"] !== "GUILD_CREATE" || lostAt === undefined) return;
    const server = object(frame["d"]);
    // What was said before we came was said to others.
    const since = Math.max(lostAt, timeOf(server["joined_at"]) ?? 0);
    behind += 1;
    // One after the other: a bot has fifty requests a second, and may be in a thousand servers.
    catching = catching.then(() => catchUp(server, since));
    catching.catch(reject);
  };
  /** Messages have names of their own, so what was heard after all is not told twice. */
  const catchUp = async (server: JsonObject, since: number): Promise<void> => {
    if (over) return;
    const deliveries = (await missedIn(server, since, line.clients, account, context)).flatMap((d) => {
      const dispatch = { t: "MESSAGE_CREATE", d };
      const about = { account, session: "", receivedAt: clock.now(), intents: line.settings.intents };
      return readArrival({ dispatch, body: JSON.stringify(dispatch), ...about }).deliveries;
    });
    if (deliveries.length > 0) await line.sink({ deliveries });
    behind -= 1;
    // Nothing for handlers: with it the session is written down, which may be taken up from now on.
    if (behind === 0 && !over) intake.put({ dispatch: { t: "RESUMED" }, body: "", session: "", seq: last ?? 0 });
  };
  /** Nobody is where the session was to be taken up. If Discord can be reached, it is where new sessions are opened. */
  const elsewhere = async (at: Session): Promise<void> => {
    const { url: open } = await askForGateway(line);
    await store.save({ ...known, session: { ...at, url: open } });
  };
  const invalid = async (canResume: boolean): Promise<void> => {
    if (!canResume) await forget();
    await sleep(clock, invalidMs, signal);
    resolve("again");
  };
  /** The session is gone; what is under way becomes durable first, since its number means nothing to the next. */
  const forget = async (): Promise<void> => {
    await intake.idle();
    lostAt = (behind > 0 ? lostAt : session?.at) ?? lostAt ?? clock.now();
    session = undefined;
    await store.save({ lostAt });
  };
  const frame = (body: string): void => {
    const read = parse(body);
    switch (read["op"]) {
      case 0:
        return dispatched(read, body);
      case 1:
        return socket?.pulse();
      case 7:
        return resolve("again");
      case 9:
        return void invalid(read["d"] === true).catch(reject);
      case 10:
        return void hello(number(object(read["d"])["heartbeat_interval"]) ?? 41_250).catch(reject);
      case 11:
        return socket?.heard();
    }
  };
  const ended = ({ why, code }: Ending): void => {
    const [error, next] = (code === undefined ? undefined : fatal[code]) ?? [];
    if (error !== undefined) return reject(fault(error, line, `${next}.`, false));
    const died = fault("network.failed", line, `the socket died: ${why}. It is dialled again.`, true);
    if (saved !== undefined && !greeted) return void elsewhere(saved).then(() => reject(died), reject);
    if (code === undefined || !forgets.has(code)) return reject(died);
    void forget().then(() => reject(died), reject);
  };

  const stop = (): void => resolve("over");
  signal.addEventListener("abort", stop, { once: true });
  try {
    socket = await openSocket(gatewayUrl(url), { frame, ended, sequence: () => last }, clock);
    return await promise;
  } finally {
    over = true;
    signal.removeEventListener("abort", stop);
    socket?.hangUp();
    if (!intakeFailed) await intake.idle();
  }
}

async function tokenOf({ clients, account, context }: Line): Promise<string> {
  return (await clients.token(account, context))?.expose() ?? "";
}

/** The address to dial, once Discord has said that a new session may be opened. */
async function askForGateway(line: Line): Promise<{ readonly url: string; readonly slots: number }> {
  const { clients, account, context } = line;
  const answer = object(await clients.call(account, { method: "GET", path: "/gateway/bot" }, "the Gateway's address", context));
  const { remaining, reset_after: resetMs, max_concurrency: slots } = object(answer["session_start_limit"]);
  const url = text(answer["url"]);
  if (url === undefined) throw fault("platform.failed", line, "Discord gave no address for the Gateway.", true);
  if (remaining === 0) {
    const said = "Discord has seen a thousand new sessions in a day and takes no more yet. Look for what breaks them.";
    throw fault("rate.limited", line, said, true, number(resetMs));
  }
  return { url, slots: Math.max(1, number(slots) ?? 1) };
}

function gatewayUrl(url: string): string {
  const full = new URL(url);
  full.searchParams.set("v", apiVersion);
  full.searchParams.set("encoding", "json");
  return full.href;
}

function identification({ settings, shard, shards }: Line, token: string): object {
  const properties = { os: process.platform, browser: "devflow", device: "devflow" };
  return { token, intents: settings.intents, properties, shard: [shard, shards] };
}

function parse(body: string): JsonObject {
  try {
    const read: unknown = JSON.parse(body);
    return isObject(read) ? read : {};
  } catch {
    return {};
  }
}

function fault(code: ErrorCode, { name, account }: Line, what: string, retryable: boolean, retryAfterMs?: number): GatewayError {
  const about = { platform, account, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return new GatewayError(code, `discord: Gateway, line ${name}: ${what}`, about);
}
