import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { FakeContext, HttpAnswer, HttpCall } from "@devflow/conformance";
import type { Delivery, Sink } from "@devflow/gateway/contract";
import { matrix, type MatrixAdapter, type MatrixOptions } from "../../src/index.ts";
import { account, world } from "./events.ts";

/** An adapter on a homeserver whose answers a test decides. */
export interface Bench extends AsyncDisposable {
  readonly adapter: MatrixAdapter;
  readonly context: FakeContext;
  readonly taken: Delivery[];
  readonly sink: Sink;
  readonly url: string;
  /** Requests to a path, in order. */
  calls(part: string): readonly HttpCall[];
  stop(): void;
}

/** What a homeserver does with a request: `hang` is no answer at all, and undefined an empty one. */
export type Respond = (call: HttpCall) => HttpAnswer | "hang" | undefined;

/** Makes a {@link Bench}. */
export async function bench(respond: Respond = () => undefined, options: MatrixOptions = {}): Promise<Bench> {
  // Loading the SDK takes long at first; what a test waits for should not include it.
  await import("matrix-js-sdk");
  const calls: HttpCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const call = { method, url, headers: headers as Record<string, string>, body: Buffer.concat(chunks).toString() };
      calls.push(call);
      const answer = respond(call) ?? {};
      if (answer === "hang") return;
      response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
      response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {}));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const caller = new AbortController();
  const taken: Delivery[] = [];
  return {
    url,
    adapter: matrix({ apiUrl: url, userId: account, ...options }),
    context: world({ signal: caller.signal }),
    taken,
    sink: async ({ deliveries }) => {
      taken.push(...deliveries);
      return { status: 200 };
    },
    calls: (part) => calls.filter((call) => call.url.includes(part)),
    stop: () => caller.abort(),
    async [Symbol.asyncDispose]() {
      caller.abort();
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

/** A refusal of a homeserver. */
export function refusal(status: number, errcode: string, error: string = errcode, more: object = {}): HttpAnswer {
  return { status, body: { errcode, error, ...more } };
}
