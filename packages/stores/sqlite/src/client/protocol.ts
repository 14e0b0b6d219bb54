import type { Job } from "@devflow/gateway/contract";

/**
 * A tick's calls travel as one flat array, since an array of objects costs several times as much to clone: the time, then
 * for each call its code, the count of its arguments, and these. The answer is one array of results in the same order.
 */
export const code = {
  queue: 0,
  enqueue: 1,
  claim: 2,
  extend: 3,
  ack: 4,
  nack: 5,
  dead: 6,
  next: 7,
  stats: 8,
  peek: 9,
  listDead: 10,
  replay: 11,
  discard: 12,
  resume: 13,
  cancel: 14,
  purge: 15,
  kvGet: 16,
  kvSet: 17,
  kvDelete: 18,
  kvList: 19,
  take: 20,
  penalize: 21,
  acquire: 22,
  renew: 23,
  release: 24,
  ping: 25,
} as const;

/** The name of a call, for messages. */
export function callName(value: number): string {
  return Object.entries(code).find(([, known]) => known === value)?.[0] ?? String(value);
}

/** What the worker is started with. */
export interface Opening {
  readonly file: string;
  readonly synchronous: "FULL" | "NORMAL";
  readonly strict: boolean;
  readonly maxBytes: number;
  /** This process, unlike any other before or after it. */
  readonly owner: string;
  readonly now: number;
}

/** Code, message and retryability of an error that becomes a GatewayError on this side. */
export type Failure = readonly [code: string, message: string, retryable: boolean];

/** What the worker says: first whether it has the database, then the results of a batch. */
export type Answer =
  | { readonly opened: true; readonly warning?: string }
  | { readonly failed: Failure }
  | { readonly results: readonly unknown[]; readonly failures: ReadonlyMap<number, Failure> }
  | { readonly closed: true };

export const outcome = { inserted: 0, duplicate: 1, full: 2 } as const;
/** `more`: done, and its lane has another job. */
export const verdict = { ok: 0, stale: 1, conflict: 2, dead: 3, more: 4 } as const;

/** How a payload lies in the database: as text, as bytes, or as the UTF-16 of a string that UTF-8 cannot carry. */
const form = { text: 0, bytes: 1, utf16: 2 } as const;

export function writeJob(out: unknown[], job: Job): void {
  const { payload } = job;
  out.push(job.key, job.id);
  if (typeof payload !== "string") out.push(form.bytes, new Uint8Array(payload));
  else if (payload.isWellFormed() && !payload.includes("\0")) out.push(form.text, payload);
  else out.push(form.utf16, new Uint8Array(Buffer.from(payload, "utf16le")));
  out.push(
    job.headers === undefined ? null : JSON.stringify(job.headers),
    job.runAt === undefined ? null : Math.ceil(job.runAt),
    job.expiresAt === undefined ? null : Math.ceil(job.expiresAt),
  );
}

export function readPayload(kind: number, payload: string | Uint8Array): string | Uint8Array {
  if (kind !== form.utf16 || typeof payload === "string") return payload;
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf16le");
}
