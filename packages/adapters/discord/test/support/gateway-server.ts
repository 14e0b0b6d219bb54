import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import { application, us } from "./index.ts";

interface Frame {
  readonly op: number;
  readonly d: Record<string, unknown> | number | null;
}

/** A request of the HTTP API that came in. */
export interface Called {
  readonly method: string;
  readonly url: string;
  readonly body: Record<string, unknown>;
}

/** An answer of the HTTP API. */
interface Said {
  readonly status?: number;
  readonly body: unknown;
}

/** Discord's Gateway and API, by script: it numbers what it dispatches and repeats it after a resumption. */
export interface GatewayServer {
  readonly url: string;
  readonly sockets: readonly WebSocket[];
  readonly said: readonly { readonly socket: number; readonly frame: Frame }[];
  readonly calls: readonly Called[];
  /** While true, heartbeats are not answered. */
  deaf: boolean;
  /** What an IDENTIFY is answered with; READY unless set. */
  refuse: ((socket: WebSocket) => void) | undefined;
  /** What `GET /gateway/bot` says about new sessions. */
  remaining: number;
  /** What a channel has when it is asked, newest first: always the same, or as a function of the request decides. */
  history: readonly object[] | ((url: string) => Promise<Said>);
  /** Where READY says that the session can be taken up again; here unless set. */
  resumeAt: string | undefined;
  /** Sends an event, or keeps it for the resumption when nobody is there. */
  dispatch(t: string, d: object): void;
  send(frame: object): void;
  drop(code: number): void;
  /** Forgets the session: a resumption is answered with op 9. */
  forget(): void;
  count(op: number): number;
  when(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Starts a {@link GatewayServer}. */
export async function gatewayServer(): Promise<GatewayServer> {
  const sockets: WebSocket[] = [];
  const said: { socket: number; frame: Frame }[] = [];
  const calls: Called[] = [];
  const waiting = new Set<() => void>();
  let session: { id: string; log: { s: number; text: string }[] } | undefined;
  let sessions = 0;
  let live: WebSocket | undefined;
  const stir = (): void => {
    for (const check of waiting) check();
  };
  const emit = (t: string, d: object): void => {
    if (!session) return;
    const s = session.log.length + 1;
    const text = JSON.stringify({ op: 0, t, s, d });
    session.log.push({ s, text });
    live?.send(text);
  };
  const answer = async (method: string, url: string): Promise<Said> => {
    if (url.includes("/gateway/bot")) {
      const limit = { total: 1000, remaining: server.remaining, reset_after: 60_000, max_concurrency: 1 };
      return { body: { url: server.url.replace("http", "ws"), shards: 2, session_start_limit: limit } };
    }
    if (url.includes("/users/@me")) return { body: us };
    if (method !== "GET") return { body: { id: "600000000000000099" } };
    return typeof server.history === "function" ? await server.history(url) : { body: server.history };
  };
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const { method = "", url = "" } = request;
      calls.push({ method, url, body: text.startsWith("{") ? (JSON.parse(text) as Called["body"]) : {} });
      stir();
      void answer(method, url).then(({ status = 200, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      });
    });
  });
  const identify = (ws: WebSocket): void => {
    if (server.refuse) return server.refuse(ws);
    session = { id: `session-${++sessions}`, log: [] };
    live = ws;
    const resume = server.resumeAt ?? server.url.replace("http", "ws");
    emit("READY", {
      v: 10,
      user: us,
      guilds: [],
      session_id: session.id,
      resume_gateway_url: resume,
      application: { id: application },
    });
  };
  const resume = (ws: WebSocket, d: Record<string, unknown>): void => {
    if (session?.id !== d["session_id"]) return ws.send(JSON.stringify({ op: 9, d: false }));
    const { log } = session ?? { log: [] };
    for (const { s, text } of log) if (s > Number(d["seq"])) ws.send(text);
    live = ws;
    emit("RESUMED", {});
  };
  const wss = new WebSocketServer({ server: http });
  wss.on("connection", (ws) => {
    const socket = sockets.push(ws) - 1;
    ws.on("message", (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      said.push({ socket, frame });
      if (frame.op === 1 && !server.deaf) ws.send(JSON.stringify({ op: 11 }));
      if (frame.op === 2) identify(ws);
      if (frame.op === 6) resume(ws, frame.d as Record<string, unknown>);
      stir();
    });
    ws.on("close", () => {
      if (live === ws) live = undefined;
      stir();
    });
    ws.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 40_000 } }));
    stir();
  });
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  const server: GatewayServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    sockets,
    said,
    calls,
    deaf: false,
    refuse: undefined,
    remaining: 1000,
    history: [],
    resumeAt: undefined,
    dispatch: emit,
    send: (frame) => sockets.at(-1)?.send(JSON.stringify(frame)),
    drop(code) {
      const last = sockets.at(-1);
      if (live === last) live = undefined;
      last?.close(code);
    },
    forget() {
      session = undefined;
    },
    count: (op) => said.filter(({ frame }) => frame.op === op).length,
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
