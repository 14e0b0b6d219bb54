import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that came in. */
export interface Call {
  readonly method: string;
  /** Below the version. */
  readonly path: string;
  readonly text: string;
  readonly body: Record<string, unknown>;
  readonly authorized: boolean;
}

/** What a request is answered with. */
export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Discord's API, by script. */
export interface Api extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly Call[];
}

/** Starts an {@link Api}; what `answer` leaves open is answered with a message. */
export async function api(answer: (call: Call, count: number) => Answer | undefined = () => undefined): Promise<Api> {
  const calls: Call[] = [];
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const call: Call = {
        method: request.method ?? "",
        path: (request.url ?? "").replace(/^\/v10/, ""),
        text,
        body: text.startsWith("{") ? (JSON.parse(text) as Call["body"]) : {},
        authorized: request.headers.authorization !== undefined,
      };
      const { status = 200, body = { id: "600000000000000071" }, headers = {} } = answer(call, calls.push(call)) ?? {};
      response.writeHead(status, status === 204 ? headers : { "content-type": "application/json", ...headers });
      response.end(status === 204 ? undefined : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    calls,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => void http.close(resolve));
    },
  };
}

/** A refusal of Discord's. */
export const refusal = (status: number, code: number, message = "no"): Answer => ({ status, body: { code, message } });
