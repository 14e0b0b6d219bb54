import { Agent, request as http, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { fakePlatform } from "@devflow/conformance";
import { createGateway, type Observation } from "@devflow/gateway";
import { serve, type Serving } from "@devflow/gateway/node";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { nightly, range } from "./harness.ts";
import { silent } from "./stores.ts";

const limit = 1_048_576;

async function served(options: Parameters<typeof serve>[1] = {}) {
  const fake = fakePlatform();
  const refused: (string | undefined)[] = [];
  const observe = ({ step, code }: Observation): void => void (step === "webhook.refused" && refused.push(code));
  const gateway = createGateway({ adapters: [fake], store: memoryStore(), log: silent, observe });
  const heard: string[] = [];
  gateway.on("message.created", (c) => void heard.push(c.message.text));
  const serving: Serving = await serve(gateway, { port: 0, host: "127.0.0.1", signals: false, ...options });
  onTestFinished(() => serving.close());
  return { fake, gateway, heard, refused, serving, post: (text: string) => post(serving.port, fake.request({ text })) };
}

async function post(port: number, request: Request, below = ""): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${below}/webhooks/fake`, {
    method: "POST",
    headers: request.headers,
    body: await request.text(),
  });
  await response.body?.cancel();
  return response.status;
}

/** Sends raw bytes and collects what comes back until the other side hangs up. */
function raw(port: number, first: string, feed?: (socket: Socket) => void) {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (piece) => (answer += piece.toString()));
  socket.on("error", () => undefined);
  socket.on("connect", () => {
    socket.write(first);
    feed?.(socket);
  });
  const closed = new Promise<{ readonly answer: string; readonly ms: number }>((resolve) => {
    const started = performance.now();
    socket.on("close", () => resolve({ answer, ms: performance.now() - started }));
  });
  return { socket, closed };
}

describe("sockets", () => {
  it("reliability 7: a body bomb is refused before it is read, and the socket closed", async () => {
    const { serving, heard, refused, post: say } = await served();
    const packed = gzipSync(Buffer.alloc(10_000_000));
    const before = process.memoryUsage().rss;
    const head = "POST /webhooks/fake HTTP/1.1\r\nHost: x\r\n";
    const declared = raw(serving.port, `${head}Content-Length: 1073741824\r\n\r\n`, (socket) => socket.write("x".repeat(1000)));
    const endless = raw(serving.port, `${head}Transfer-Encoding: chunked\r\n\r\n`, (socket) => {
      const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
      const more = (): void => {
        while (socket.writable && socket.write(chunk));
        if (socket.writable) socket.once("drain", more);
      };
      more();
    });
    const oneMore = raw(serving.port, `${head}Content-Length: ${limit + 1}\r\n\r\n`);
    for (const { closed } of [declared, endless, oneMore]) {
      const { answer, ms } = await closed;
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      // Slow senders would have ten seconds and more.
      expect(ms).toBeLessThan(5000);
    }
    expect(refused).toEqual(["wire.oversized", "wire.oversized", "wire.oversized"]);
    const bombs = range(nightly ? 100 : 20).map(() =>
      fetch(`http://127.0.0.1:${serving.port}/webhooks/fake`, {
        method: "POST",
        headers: { "content-encoding": "gzip" },
        body: packed,
      }),
    );
    expect((await Promise.all(bombs)).map(({ status }) => status)).toEqual(bombs.map(() => 415));
    expect(process.memoryUsage().rss - before).toBeLessThan((3 + bombs.length) * limit + 60 * 1_048_576);
    expect(await say("still here")).toBe(200);
    await expect.poll(() => heard).toEqual(["still here"]);
  });

  it("reliability 7: a body of exactly the limit is read", async () => {
    const { serving, fake } = await served();
    const base = JSON.stringify({ type: "message.created", id: "big", text: "" }).length;
    expect(await post(serving.port, fake.request({ id: "big", text: "x".repeat(limit - base) }))).toBe(200);
    expect(await post(serving.port, fake.request({ id: "big", text: "x".repeat(limit - base + 1) }))).toBe(413);
  });

  it("reliability 8, headersTimeoutMs and requestTimeoutMs: slow senders are cut off, and others do not notice", async () => {
    const { serving, post: say } = await served({ headersTimeoutMs: 500, requestTimeoutMs: 1000 });
    const count = nightly ? 1000 : 100;
    const drip = (socket: Socket): void => {
      const timer = setInterval(() => socket.write("x"), 50);
      socket.on("close", () => clearInterval(timer));
    };
    const head = "POST /webhooks/fake HTTP/1.1\r\nHost: x\r\n";
    const slow = range(count).map((n) => raw(serving.port, n % 2 ? `${head}X-` : `${head}Content-Length: 10000\r\n\r\n`, drip));
    const waits: number[] = [];
    const statuses = new Set<number>();
    for (const n of range(50)) {
      const started = performance.now();
      statuses.add(await say(String(n)));
      waits.push(performance.now() - started);
    }
    expect([...statuses]).toEqual([200]);
    expect(waits.toSorted((a, b) => a - b)[25]).toBeLessThan(100);
    const closed = await Promise.all(slow.map((one) => one.closed));
    expect(Math.max(...closed.map(({ ms }) => ms))).toBeLessThan(4000);
    expect(closed.every(({ answer }) => answer === "" || answer.startsWith("HTTP/1.1 408"))).toBe(true);
    const open = await new Promise<number>((resolve) => serving.server.getConnections((_, n) => resolve(n)));
    expect(open).toBeLessThanOrEqual(2);
  }, 20_000);

  it("reliability 14: odd request lines are refused, end nothing and are never 2xx", async () => {
    const { serving, fake, heard, post: say } = await served();
    const { body, header } = fake.rawRequest({ text: "forged path" });
    const bytes = new TextDecoder().decode(body);
    const signed = ["x-fake-timestamp", "x-fake-signature"].map((name) => `${name}: ${header(name)}`).join("\r\n");
    const lines = [
      "GET /webhooks/fake",
      "HEAD /webhooks/fake",
      "TRACE /webhooks/fake",
      "TRACE /",
      "CONNECT /webhooks/fake",
      "OPTIONS *",
      "PROPFIND /webhooks/fake",
      "POST //webhooks/fake",
      "POST /webhooks/%66ake",
      "POST /webhooks/../webhooks/fake",
      "POST /a/./webhooks/fake",
      "POST /%2e%2e/webhooks/fake/",
      "POST http://elsewhere/webhooks/fake",
      "POST /webhooks/fake/../../health",
      "POST /webhooks/fake#",
      "POST webhooks/fake",
      "POST /health",
      "GET /webhooks",
      "G\u0001T /webhooks/fake",
    ];
    for (const line of lines) {
      const length = `Content-Length: ${body.byteLength}`;
      const { closed, socket } = raw(
        serving.port,
        `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${signed}\r\n${length}\r\n\r\n${bytes}`,
      );
      socket.setTimeout(2000, () => socket.destroy());
      const { answer } = await closed;
      expect([line, /^HTTP\/1\.1 (4\d\d|5\d\d) /.test(answer) || answer === ""]).toEqual([line, true]);
    }
    for (const host of ["", "evil.example", "a b", "x\u00e9", "[::1", "127.0.0.1:99999"]) {
      const { closed } = raw(serving.port, `GET /nowhere HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect((await closed).answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    expect(heard).toEqual([]);
    expect(await say("fine")).toBe(200);
  });

  it("webhooks are found below any path that they are mounted at", async () => {
    const { serving, fake } = await served();
    for (const below of ["", "/api", "/v1.0", "/~ada/my_app", "/.hidden/a..b"])
      expect([below, await post(serving.port, fake.request({ id: below }), below)]).toEqual([below, 200]);
  });

  it("a sender that hangs up in the middle disturbs nobody", async () => {
    const { serving, heard, post: say } = await served();
    const head = "POST /webhooks/fake HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n";
    await Promise.all(
      range(20).map(() => raw(serving.port, head, (socket) => void setTimeout(() => socket.destroy(), 5)).closed),
    );
    expect(await say("after")).toBe(200);
    await expect.poll(() => heard).toEqual(["after"]);
  });

  it("/health, and fallback for what is not the gateway's", async () => {
    const { serving } = await served({ fallback: (_, response) => void response.writeHead(418).end("mine") });
    const at = (path: string) => fetch(`http://127.0.0.1:${serving.port}${path}`);
    const health = await at("/health");
    expect([health.status, await health.json()]).toEqual([200, { ok: true }]);
    expect((await at("/else")).status).toBe(418);
    const plain = await served();
    expect((await fetch(`http://127.0.0.1:${plain.serving.port}/else`)).status).toBe(404);
  });

  it("close answers what is in flight, refuses what comes later, and takes its signal handlers along", async () => {
    const listeners = process.listenerCount("SIGTERM");
    const { serving, post: say, fake } = await served({ signals: true });
    expect(process.listenerCount("SIGTERM")).toBe(listeners + 1);
    const inFlight = Promise.all(range(20).map((n) => say(String(n))));
    const answers = await inFlight;
    await serving.close();
    expect(answers).toEqual(answers.map(() => 200));
    expect(process.listenerCount("SIGTERM")).toBe(listeners);
    await expect(post(serving.port, fake.request({}))).rejects.toThrow();
  });

  it("a connection that is kept alive serves many requests", async () => {
    const { serving, fake } = await served();
    const statuses: number[] = [];
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const n of range(3)) {
      const one = fake.rawRequest({ id: `k${n}` });
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = http(
          { port: serving.port, host: "127.0.0.1", path: "/webhooks/fake", method: "POST", agent, headers: signatureOf(one) },
          resolve,
        );
        sent.on("error", reject);
        sent.end(one.body);
      });
      response.resume();
      await new Promise((resolve) => response.on("end", resolve));
      statuses.push(response.statusCode ?? 0);
    }
    agent.destroy();
    expect(statuses).toEqual([200, 200, 200]);
  });
});

function signatureOf({ header }: { header(name: string): string | undefined }): Record<string, string> {
  return Object.fromEntries(["x-fake-timestamp", "x-fake-signature"].map((name) => [name, header(name) ?? ""]));
}
