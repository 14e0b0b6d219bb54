import type { AdapterContext } from "@devflow/gateway/contract";

/** A request on its way. */
export interface Wire {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  /** Aborts it, besides the context's own signal and the timeout. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
  /** Follow a read to other hosts too, without anything that is for the instance alone: files may lie in a store of objects. */
  readonly abroad?: boolean;
}

const redirects = 3;

/**
 * One request, once. Credentials go to the instance's own origin alone: a redirect is followed by reads only, and only within
 * it unless `abroad`; any other is the answer. `read` takes the body while the deadline still runs.
 */
export async function exchange<T>(
  wire: Wire,
  reach: typeof fetch,
  context: Pick<AdapterContext, "clock" | "signal">,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const cancel = context.clock.after(wire.timeoutMs, () => deadline.abort());
  const signals = [context.signal, deadline.signal, ...(wire.signal === undefined ? [] : [wire.signal])];
  let init: RequestInit = {
    method: wire.method,
    headers: wire.headers,
    redirect: "manual",
    signal: AbortSignal.any(signals),
    ...(wire.body === undefined ? {} : { body: wire.body }),
  };
  try {
    let { url } = wire;
    for (let step = 0; ; step++) {
      const response = await reach(url.href, init);
      const next = step < redirects && wire.method === "GET" ? redirected(response, url) : undefined;
      if (next === undefined || (next.origin !== url.origin && wire.abroad !== true)) return await read(response);
      await response.body?.cancel();
      if (next.origin !== wire.url.origin) init = { ...init, headers: {} };
      url = next;
    }
  } finally {
    cancel();
  }
}

function redirected(response: Response, from: URL): URL | undefined {
  const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
  if (location === null || !URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from);
  return /^https?:$/.test(to.protocol) ? to : undefined;
}

/** A body as JSON where it is said to be JSON, else as text. */
export function parseBody(body: string, type: string | null): unknown {
  if (type?.includes("json") !== true) return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}
