import type { RawRequest } from "../contract/index.ts";

/** Reads a Fetch request. Of a body that exceeds the limit no more than shows that: nothing where its length is declared. */
export async function readFetch(request: Request, limit: number, now: () => number): Promise<RawRequest> {
  const declared = Number(request.headers.get("content-length"));
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of (declared > limit ? undefined : request.body) ?? []) {
    pieces.push(piece);
    if ((size += piece.byteLength) > limit) break;
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
