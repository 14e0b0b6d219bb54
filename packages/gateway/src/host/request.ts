import type { RawRequest } from "../contract/index.ts";

/** Reads a Fetch request, body included. Undefined when the body exceeds the limit; it is not read further then. */
export async function readFetch(request: Request, limit: number, now: () => number): Promise<RawRequest | undefined> {
  const declared = Number(request.headers.get("content-length"));
  if (declared > limit) return undefined;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.byteLength;
    if (size > limit) return undefined;
    pieces.push(piece);
  }
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    url: pathname + search,
    header: (name) => request.headers.get(name) ?? undefined,
    body: pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces),
    receivedAt: now(),
  };
}
