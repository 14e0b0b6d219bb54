import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";

/** Slack's side of Socket Mode, by script. */
export interface SocketServer {
  readonly url: string;
  /** Sockets in the order in which they were opened. */
  readonly sockets: readonly WebSocket[];
  /** What each socket has said, as JSON. */
  readonly said: readonly { readonly socket: number; readonly frame: unknown }[];
  /** What `apps.connections.open` answers with; the address of the socket unless set. */
  answer: object | undefined;
  /** While true, new sockets get no hello. */
  mute: boolean;
  /** App-level tokens that asked for an address. */
  readonly tokens: readonly string[];
  send(socket: number, frame: unknown): void;
  /** Resolves once `condition` holds; looks again whenever something arrives. */
  when(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Starts a {@link SocketServer}. Without `pong` it answers no pings. */
export async function socketServer({ pong = true } = {}): Promise<SocketServer> {
  const sockets: WebSocket[] = [];
  const said: { socket: number; frame: unknown }[] = [];
  const tokens: string[] = [];
  const waiting = new Set<() => void>();
  const stir = (): void => {
    for (const check of waiting) check();
  };
  const http = createServer((request: IncomingMessage, response: ServerResponse) => {
    tokens.push(request.headers.authorization ?? "");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(server.answer ?? { ok: true, url: server.url.replace("http", "ws") }));
    stir();
  });
  const wss = new WebSocketServer({ server: http, autoPong: pong });
  wss.on("connection", (ws) => {
    const socket = sockets.push(ws) - 1;
    ws.on("message", (data: Buffer) => {
      said.push({ socket, frame: JSON.parse(data.toString()) });
      stir();
    });
    ws.on("ping", stir);
    ws.on("close", stir);
    if (!server.mute) ws.send(JSON.stringify({ type: "hello", num_connections: 1 }));
    stir();
  });
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  const server: SocketServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    sockets,
    said,
    tokens,
    answer: undefined,
    mute: false,
    send: (socket, frame) => sockets[socket]?.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    when: (condition) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async close() {
      for (const socket of sockets) socket.terminate();
      wss.close();
      http.closeAllConnections();
      await new Promise((resolve) => void http.close(resolve));
    },
  };
  return server;
}
