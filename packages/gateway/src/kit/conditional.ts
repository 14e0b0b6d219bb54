/** How much a {@link conditionalFetch} keeps. What was read longest ago goes first. */
export interface ConditionalOptions {
  /** Answers. 500 unless set. */
  readonly entries?: number;
  /** Bytes of their bodies together; a body beyond an eighth of it is not kept. 8 MiB unless set. */
  readonly bytes?: number;
}

/** A `fetch` that asks whether anything has changed before it is told all of it again. */
export interface ConditionalFetch {
  readonly fetch: typeof fetch;
  /** Reads that were answered from here after a 304, and reads that were not. */
  readonly stats: { readonly hits: number; readonly misses: number };
}

interface Entry {
  readonly condition: readonly [header: string, value: string];
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * Wraps a `fetch` for APIs whose reads are counted: JSON that came with an ETag (or a date of change) is kept, and the next read of
 * the same address is made on the condition that it has changed. Every answer is the server's word: nothing is taken for
 * unchanged unasked. Make one for each client, never one for several accounts.
 */
export function conditionalFetch(inner: typeof fetch, options: ConditionalOptions = {}): ConditionalFetch {
  const { entries: mostEntries = 500, bytes: mostBytes = 8_388_608 } = options;
  const stats = { hits: 0, misses: 0 };
  const kept = new Map<string, Entry>();
  let size = 0;

  const forget = (key: string): void => {
    size -= kept.get(key)?.body.byteLength ?? 0;
    kept.delete(key);
  };
  const keep = (key: string, entry: Entry): void => {
    forget(key);
    kept.set(key, entry);
    size += entry.body.byteLength;
    for (const oldest of kept.keys()) {
      if (kept.size <= mostEntries && size <= mostBytes) break;
      forget(oldest);
    }
  };

  const read = async (url: string, init: RequestInit, headers: Headers): Promise<Response> => {
    const key = `${headers.get("accept") ?? ""} ${url}`;
    const known = kept.get(key);
    if (known) headers.set(...known.condition);
    const answer = await inner(url, { ...init, headers: Object.fromEntries(headers) });
    if (known && answer.status === 304) {
      stats.hits += 1;
      const fresh: Entry = { ...known, headers: [...new Map([...known.headers, ...plainHeaders(answer)])] };
      keep(key, fresh);
      return respond(fresh, url);
    }
    stats.misses += 1;
    const condition = conditionOf(answer);
    if (!condition || Number(answer.headers.get("content-length") ?? 0) > mostBytes / 8) {
      forget(key);
      return answer;
    }
    const body = new Uint8Array(await answer.arrayBuffer());
    const entry: Entry = { condition, headers: plainHeaders(answer), body };
    if (body.byteLength > mostBytes / 8) forget(key);
    else keep(key, entry);
    return respond(entry, answer.url || url);
  };

  return {
    stats,
    fetch: (input, init = {}) => {
      if (input instanceof Request || (init.method ?? "GET").toUpperCase() !== "GET") return inner(input, init);
      const headers = new Headers(init.headers);
      return headers.has("if-none-match") ? inner(input, init) : read(input.toString(), init, headers);
    },
  };
}

/** What to ask with next time; undefined for what is not to be kept. */
function conditionOf({ status, headers }: Response): Entry["condition"] | undefined {
  if (status !== 200 || !/json/i.test(headers.get("content-type") ?? "")) return undefined;
  const [tag, date] = [headers.get("etag"), headers.get("last-modified")];
  if (tag !== null) return ["if-none-match", tag];
  return date === null ? undefined : ["if-modified-since", date];
}

/** Headers without those that described the bytes on the wire. */
function plainHeaders({ headers }: Response): [string, string][] {
  return [...headers].filter(([name]) => name !== "content-encoding" && name !== "content-length");
}

function pair([name, value]: readonly [string, string]): [string, string] {
  return [name, value];
}

function respond({ headers, body }: Entry, url: string): Response {
  const response = new Response(body, { status: 200, headers: headers.map(pair) });
  // A made response has no address of its own, and clients look for one.
  Object.defineProperty(response, "url", { value: url });
  return response;
}
