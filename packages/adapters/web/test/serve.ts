import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { WebAdapter } from "../src/index.ts";
import type { World } from "./world.ts";

/** The site alone on a free port of the loopback. */
export interface Served {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves `site.fetch` over HTTP, and `extra` pages beside it. */
export async function serveSite(
  adapter: WebAdapter,
  world: World,
  extra: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    const url = `http://${incoming.headers.host ?? "localhost"}${incoming.url ?? "/"}`;
    const page = extra[incoming.url ?? "/"];
    if (page !== undefined) return void outgoing.setHeader("content-type", "text/html").end(page);
    const gone = new AbortController();
    outgoing.on("close", () => gone.abort());
    const bodied = incoming.method !== "GET" && incoming.method !== "HEAD";
    const request = new Request(url, {
      method: incoming.method ?? "GET",
      headers: Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as [string, string]),
      signal: gone.signal,
      ...(bodied ? { body: Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>, duplex: "half" } : {}),
    });
    void adapter.site?.fetch(request, world.sink, world.context).then((response) => {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (response.body === null) return outgoing.end();
      return Readable.fromWeb(response.body)
        .on("error", () => outgoing.destroy())
        .pipe(outgoing);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
