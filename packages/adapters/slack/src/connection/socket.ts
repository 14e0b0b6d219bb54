import type { Clock } from "@devflow/gateway/contract";
import type { RawData, WebSocket } from "ws";

/** What a socket tells. */
interface SocketEvents {
  readonly frame: (text: string) => void;
  /** Once, whatever the cause: closed by the other side, broken, or silent for too long. */
  readonly dead: (why: string) => void;
}

/** A WebSocket that knows when nobody is at the other end. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

const pingMs = 5_000;
/** Slack pings every few seconds; a line that has been still, or without its hello, for this long is deaf. */
const silenceMs = 30_000;
const frameBytes = 4 * 1024 * 1024;

/** Opens a socket. It is not ready until Slack has said hello. */
export async function openSocket(url: string, events: SocketEvents, clock: Clock): Promise<Socket> {
  const { WebSocket: Client } = await import("ws");
  const ws: WebSocket = new Client(url, { perMessageDeflate: false, maxPayload: frameBytes });
  let heard = clock.now();
  let greeted = false;
  let over = false;
  let cancel = (): void => {};

  const end = (why: string): void => {
    if (over) return;
    over = true;
    cancel();
    ws.terminate();
    events.dead(why);
  };
  const beat = (): void => {
    if (over) return;
    if (clock.now() - heard >= silenceMs) return end("it fell silent");
    if (ws.readyState === ws.OPEN) ws.ping();
    cancel = clock.after(pingMs, beat);
  };
  const hear = (): void => {
    // Whoever answers pings and never says hello has no events for us.
    if (greeted) heard = clock.now();
  };
  ws.on("ping", hear);
  ws.on("pong", hear);
  ws.on("message", (data: RawData, binary: boolean) => {
    greeted = true;
    hear();
    if (!binary) events.frame(textOf(data));
  });
  ws.on("error", (error: Error) => end(`it broke (${"code" in error ? String(error.code) : error.name})`));
  ws.on("close", (code: number) => end(`it was closed with code ${code}`));
  cancel = clock.after(pingMs, beat);

  return {
    send(text) {
      if (ws.readyState === ws.OPEN) ws.send(text);
    },
    close() {
      over = true;
      cancel();
      if (ws.readyState === ws.OPEN) ws.close(1000);
      else ws.terminate();
    },
  };
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
