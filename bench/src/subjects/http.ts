import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What a system says to one request. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A plain server for the systems that bring none. Resolves to its port. */
export async function listen(answer: (request: IncomingMessage, body: Buffer) => Promise<Reply> | Reply): Promise<number> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
      void (async () => {
        const reply = await answer(request, body);
        response.writeHead(reply.status, reply.headers).end(reply.body);
      })().catch(() => response.writeHead(500).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
