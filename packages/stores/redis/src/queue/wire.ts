import type { Claim, DeadJob, Job, QueueOptions } from "@devflow/gateway/contract";
import type { Arg, QueueSpec } from "../client/index.ts";

/** How a payload lies in the server: as text, as bytes, or as the UTF-16 of a string that UTF-8 cannot carry. */
const form = { text: "t", bytes: "b", utf16: "u" } as const;

/** A whole number of the script's, whatever "all" is to the caller. */
export function whole(limit: number): number {
  return Math.min(Math.ceil(limit), Number.MAX_SAFE_INTEGER);
}

export function specOf(name: string, options: QueueOptions): QueueSpec {
  const { dedupeTtlMs, maxAttempts, maxCrashes, maxDepth, maxLaneDepth, onRetry, onDead } = options;
  const numbers = [dedupeTtlMs, maxAttempts, maxCrashes, maxDepth, maxLaneDepth].map(whole);
  return { name, text: [name, ...numbers, onRetry === "yield" ? 1 : 0, onDead === "halt" ? 1 : 0].join(" ") };
}

/** Adds a job as the script reads it. Of the last argument it knows nothing: form, headers and payload. */
export function writeJob(out: Arg[], { key, id, payload, headers, runAt, expiresAt }: Job): void {
  const about = headers === undefined ? "" : JSON.stringify(headers);
  const head = (kind: string): string => `${kind}${Buffer.byteLength(about)} ${about}`;
  out.push(key, id, runAt === undefined ? "" : Math.ceil(runAt), expiresAt === undefined ? "" : Math.ceil(expiresAt));
  if (typeof payload !== "string") out.push(Buffer.concat([Buffer.from(head(form.bytes)), payload]));
  else if (payload.isWellFormed()) out.push(head(form.text) + payload);
  else out.push(Buffer.concat([Buffer.from(head(form.utf16)), Buffer.from(payload, "utf16le")]));
}

/** What the record of a job says: its place and the time it came, eight bytes each; expiry; key; what {@link writeJob} wrote. */
function readRecord(record: Buffer): Pick<Claim, "key" | "n" | "payload" | "headers" | "enqueuedAt"> {
  const keyEnd = 26 + record.readUInt16BE(24);
  const space = record.indexOf(" ", keyEnd);
  const about = Number(record.toString("latin1", keyEnd + 1, space));
  const from = space + 1 + about;
  return {
    key: record.toString("utf8", 26, keyEnd),
    n: record.readDoubleBE(0),
    payload: readPayload(record.toString("latin1", keyEnd, keyEnd + 1), record, from),
    headers: about === 0 ? {} : (JSON.parse(record.toString("utf8", space + 1, from)) as Record<string, string>),
    enqueuedAt: record.readDoubleBE(8),
  };
}

function readPayload(kind: string, record: Buffer, from: number): string | Uint8Array {
  if (kind === form.text) return record.toString("utf8", from, record.length);
  // A copy of its own, not a view of everything that came with it.
  return kind === form.bytes ? new Uint8Array(record.subarray(from)) : record.subarray(from).toString("utf16le");
}

/** A claimed job: id, record, attempts, crashes and fence. */
export type ClaimRow = readonly [Buffer, Buffer, number, number, number];

export function readClaim(queue: string, leaseUntil: number, [id, record, attempts, crashes, fence]: ClaimRow): Claim {
  return { queue, id: id.toString(), ...readRecord(record), attempts, crashes, fence, leaseUntil };
}

/** A waiting job: id, record, attempts and crashes. */
export type WaitingRow = readonly [Buffer, Buffer, number, number];

export function readWaiting(queue: string, [id, record, attempts, crashes]: WaitingRow): Omit<Claim, "fence" | "leaseUntil"> {
  return { queue, id: id.toString(), ...readRecord(record), attempts, crashes };
}

/** A dead job: id, record, and how it died. */
export type DeadRow = readonly [Buffer, Buffer, Buffer];

/** The end: time, attempts and crashes, eight bytes each; reason; the last error, if any, behind a sign. */
export function readDead(queue: string, [id, record, end]: DeadRow): DeadJob {
  const { n: _, ...job } = readRecord(record);
  const reasonEnd = 26 + end.readUInt16BE(24);
  const dead = {
    queue,
    id: id.toString(),
    ...job,
    attempts: end.readDoubleBE(8),
    reason: end.toString("utf8", 26, reasonEnd),
    diedAt: end.readDoubleBE(0),
  };
  return end.length > reasonEnd ? { ...dead, error: end.toString("utf8", reasonEnd + 1, end.length) } : dead;
}
