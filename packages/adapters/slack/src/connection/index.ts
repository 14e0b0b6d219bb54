import type { AdapterContext, ConnectionTransport, Secret, Sink } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError, type ErrorCode } from "@devflow/gateway/kit";
import { makeClient, type Clients } from "../client/index.ts";
import { asGatewayError } from "../errors.ts";
import { readArrival } from "../normalize/index.ts";
import { platform, type Settings } from "../options.ts";
import { holdsKept, restoreLong, text } from "../wire/index.ts";
import { readFrame, writeAck, type Frame } from "./frame.ts";
import { openSocket, type Socket } from "./socket.ts";

/** Socket Mode: one line for the app, whatever the number of workspaces. */
export function createConnection(settings: Settings, clients: Clients): ConnectionTransport {
  const tokenOf = async (context: AdapterContext): Promise<Secret | undefined> =>
    settings.appToken ?? (await context.secret("APP_TOKEN"));
  return {
    async lines(context) {
      const token = await tokenOf(context);
      return token === undefined || token.expose() === "" ? [] : [appOf(token.expose())];
    },
    async run(account, sink, context, up) {
      const token = await tokenOf(context);
      if (token === undefined) throw fault("secret.missing", account, "no app-level token: set SLACK_APP_TOKEN");
      if (context.signal.aborted) return;
      await hold({ account, sink, context, up, settings, open: () => openUrl(token, account, clients, context) });
    },
  };
}

/** An app-level token names its app, which is no secret: it is what the line is called. */
function appOf(token: string): string {
  return /^xapp-\d+-([A-Z0-9]+)-/.exec(token)?.[1] ?? "app";
}

async function openUrl(token: Secret, account: string, clients: Clients, context: AdapterContext): Promise<string> {
  const method = "apps.connections.open";
  const web = await makeClient(token.expose(), clients.apiUrl(context), context);
  try {
    const url = text((await web.apiCall(method, {}))["url" as never]);
    if (url !== undefined) return url;
  } catch (thrown) {
    throw asGatewayError(thrown, { account, method });
  }
  throw fault("platform.failed", account, "Slack gave no address for a socket", true);
}

interface Line {
  readonly account: string;
  readonly sink: Sink;
  readonly context: AdapterContext;
  readonly up: () => void;
  readonly settings: Settings;
  readonly open: () => Promise<string>;
}

/** A socket in use, with the envelopes that are not yet acknowledged on it. */
interface Held {
  socket?: Socket;
  pending: number;
  retired: boolean;
}

/** Holds the line: replaces the socket when Slack announces its end, the next one first. Rejects when none is left. */
async function hold(line: Line): Promise<void> {
  const { account, context } = line;
  const { signal } = context;
  const sockets = new Set<Held>();
  let current: Held | undefined;
  let next: Held | undefined;
  let announced = false;
  const { promise, resolve, reject } = Promise.withResolvers<void>();

  const drop = (held: Held): void => {
    sockets.delete(held);
    held.socket?.close();
  };
  const retire = (held: Held): void => {
    held.retired = true;
    if (held.pending === 0) drop(held);
  };
  const open = async (): Promise<void> => {
    const held: Held = { pending: 0, retired: false };
    next = held;
    try {
      const url = await line.open();
      if (signal.aborted) return;
      sockets.add(held);
      const frame = (data: string): void => onFrame(held, readFrame(data));
      held.socket = await openSocket(url, { frame, dead: (why) => onDead(held, why) }, context.clock);
      if (signal.aborted) drop(held);
    } catch (error) {
      next = undefined;
      // The old socket may have some time left; when it ends too, the line is dead.
      if (!alive()) throw error;
      context.log.warn(
        { account, code: isGatewayError(error) ? error.code : "unknown" },
        "slack: the next socket could not be opened yet",
      );
    }
  };
  const alive = (): boolean => next !== undefined || (current !== undefined && sockets.has(current));
  const onDead = (held: Held, why: string): void => {
    sockets.delete(held);
    if (held === next) next = undefined;
    if (!alive()) reject(fault("network.failed", account, `the socket died: ${why}`, true));
  };
  const onFrame = (held: Held, frame: Frame): void => {
    if (frame.type === "hello") {
      if (held === next) next = undefined;
      if (current !== undefined && current !== held) retire(current);
      current = held;
      if (!announced) line.up();
      announced = true;
    } else if (frame.type === "disconnect") onDisconnect(held, frame.reason);
    else if (frame.type === "envelope") void take(held, frame);
  };
  const onDisconnect = (held: Held, reason: string): void => {
    if (reason === "link_disabled") reject(fault("auth.failed", account, "Socket Mode was switched off in the app's settings"));
    else if (reason === "too_many_websockets") reject(fault("operation.rejected", account, "the app has too many sockets", true));
    else if (held === current && next === undefined) open().catch(reject);
  };
  const take = async (held: Held, frame: Extract<Frame, { type: "envelope" }>): Promise<void> => {
    held.pending++;
    try {
      const response = await deliver(line, frame);
      held.socket?.send(writeAck(frame.id, response, frame.answerable));
    } catch (error) {
      // Without an acknowledgement Slack sends the envelope again, to this socket or the next.
      context.log.warn(
        { account, code: isGatewayError(error) ? error.code : "unknown" },
        "slack: an envelope could not be stored",
      );
    } finally {
      held.pending--;
      if (held.retired && held.pending === 0) drop(held);
      if (signal.aborted && idle()) resolve();
    }
  };
  const idle = (): boolean => [...sockets].every((held) => held.pending === 0);
  const onAbort = (): void => {
    if (idle()) resolve();
  };

  signal.addEventListener("abort", onAbort, { once: true });
  open().catch(reject);
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
    for (const held of sockets) drop(held);
  }
}

async function deliver(
  { context, sink, settings }: Line,
  { via, payload }: Extract<Frame, { type: "envelope" }>,
): ReturnType<Sink> {
  const receivedAt = context.clock.now();
  const sent = JSON.stringify(payload);
  if (!holdsKept(sent)) return await sink(readArrival({ via, payload, body: sent, receivedAt }, settings.replyInThread, context));
  const whole = await restoreLong(payload, sent, context.memory);
  return await sink(
    readArrival({ via, payload: whole, body: JSON.stringify(whole), receivedAt }, settings.replyInThread, context),
  );
}

function fault(code: ErrorCode, account: string, what: string, retryable = false): GatewayError {
  return new GatewayError(code, `slack: Socket Mode of app ${account}: ${what}.`, { retryable, platform, account });
}
