import type { Clock } from "@devflow/gateway/contract";
import type { RawData, WebSocket } from "ws";

/** How a socket ended. `code` is what Discord closed it with, if it did. */
export interface Ending {
  readonly why: string;
  readonly code?: number;
}

/** A WebSocket that beats, and knows when nobody is at the other end. */
export interface Socket {
  send(frame: object): void;
  /** Begins to beat. The first beat comes at `firstMs`, as Discord asks, so that not all clients beat at once. */
  beat(intervalMs: number, firstMs: number): void;
  /** Discord heard a beat. */
  heard(): void;
  /** Beats at once: Discord asks for it. */
  pulse(): void;
  /** Hangs up so that the session can be taken up again: Discord ends one that is closed with 1000 or 1001. */
  hangUp(): void;
}

/** What a socket tells. */
export interface SocketEvents {
  readonly frame: (text: string) => void;
  /** Once, whatever the cause. Not after {@link Socket.hangUp}. */
  readonly ended: (ending: Ending) => void;
  /** Number of the last dispatch, which each beat names. */
  readonly sequence: () => number | null;
}

/** A server with all its members comes in one frame. */
const frameBytes = 64 * 1024 * 1024;
/** Discord says hello at once; who does not is not there. */
const helloMs = 20_000;
const resumable = 4_900;

/** Opens a socket. Nothing may be sent until Discord has said hello. */
export async function openSocket(url: string, events: SocketEvents, clock: Clock): Promise<Socket> {
  const { WebSocket: Client } = await import("ws");
  const ws: WebSocket = new Client(url, { perMessageDeflate: false, maxPayload: frameBytes });
  let over = false;
  let acknowledged = true;
  let cancel = (): void => {};

  const end = (ending: Ending): void => {
    if (over) return;
    over = true;
    cancel();
    ws.terminate();
    events.ended(ending);
  };
  const send = (frame: object): void => {
    if (ws.readyState === ws.OPEN) ws.send(JSON.stringify(frame));
  };
  const pulse = (): void => send({ op: 1, d: events.sequence() });
  const wait = (ms: number, run: () => void): void => {
    cancel();
    cancel = clock.after(ms, run);
  };
  ws.on("message", (data: RawData) => {
    if (!over) events.frame(textOf(data));
  });
  ws.on("error", (error: Error) => end({ why: `it broke (${"code" in error ? String(error.code) : error.name})` }));
  ws.on("close", (code: number) => end({ why: `it was closed with code ${code}`, code }));
  wait(helloMs, () => end({ why: "Discord did not say hello" }));

  return {
    send,
    pulse,
    beat(intervalMs, firstMs) {
      const beat = (): void => {
        if (over) return;
        if (!acknowledged) return end({ why: "a heartbeat was not answered" });
        acknowledged = false;
        pulse();
        wait(intervalMs, beat);
      };
      acknowledged = true;
      wait(firstMs, beat);
    },
    heard() {
      acknowledged = true;
    },
    hangUp() {
      over = true;
      cancel();
      if (ws.readyState === ws.OPEN) ws.close(resumable);
      else ws.terminate();
    },
  };
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
