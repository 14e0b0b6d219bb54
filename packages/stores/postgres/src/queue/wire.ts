import type { Claim, DeadJob, Job, KvWrite, QueueOptions } from "@devflow/gateway/contract";
import { millis } from "../kv.ts";

/** How a payload lies in the database: as UTF-8, as bytes, or as the UTF-16 of a string that UTF-8 cannot carry. */
const form = { text: 0, bytes: 1, utf16: 2 } as const;

/** A job, its bytes and the queue it goes to, ready for a statement. */
export interface Parcel {
  /** The queue's number. */
  readonly q: number;
  readonly options: QueueOptions;
  readonly job: Job;
  readonly form: number;
  readonly bytes: Uint8Array;
}

export function parcel(q: number, options: QueueOptions, job: Job): Parcel {
  const { payload } = job;
  if (typeof payload !== "string") return { q, options, job, form: form.bytes, bytes: payload };
  if (payload.isWellFormed()) return { q, options, job, form: form.text, bytes: Buffer.from(payload) };
  return { q, options, job, form: form.utf16, bytes: Buffer.from(payload, "utf16le") };
}

/** Bytes of many things, one after the other. PostgreSQL counts from 1. */
export interface Cargo {
  add(bytes: Uint8Array): number;
  bytes(): Buffer;
}

export function cargo(): Cargo {
  const parts: Uint8Array[] = [];
  let at = 1;
  return {
    add(bytes) {
      const place = at;
      parts.push(bytes);
      at += bytes.byteLength;
      return place;
    },
    bytes: () => Buffer.concat(parts),
  };
}

/** The arguments `_q _key _limit _lane_limit` and those of jobs: each lane is named once, and jobs refer to its place. */
export function jobArguments(parcels: readonly Parcel[], load: Cargo): unknown[] {
  const slots = new Map<string, number>();
  const lanes: Parcel[] = [];
  const slot = parcels.map((one) => {
    const name = `${one.q} ${one.job.key}`;
    const known = slots.get(name);
    if (known !== undefined) return known;
    lanes.push(one);
    slots.set(name, lanes.length);
    return lanes.length;
  });
  return [
    lanes.map(({ q }) => q),
    lanes.map(({ job }) => job.key),
    lanes.map(({ options }) => limit(options.maxDepth)),
    lanes.map(({ options }) => limit(options.maxLaneDepth)),
    slot,
    parcels.map(({ job }) => job.id),
    parcels.map((one) => one.form),
    parcels.map(({ job }) => (job.headers === undefined ? null : JSON.stringify(job.headers))),
    parcels.map(({ job }) => maybe(job.runAt)),
    parcels.map(({ job }) => maybe(job.expiresAt)),
    parcels.map(({ bytes }) => load.add(bytes)),
    parcels.map(({ bytes }) => bytes.byteLength),
  ];
}

/** The arguments of the values that an ack writes; a size of -1 deletes. */
export function valueArguments(writes: readonly KvWrite[], load: Cargo): unknown[] {
  return [
    writes.map(({ key }) => key),
    writes.map(({ value }) => load.add(value ?? new Uint8Array())),
    writes.map(({ value }) => value?.byteLength ?? -1),
    writes.map(({ ttlMs }) => maybe(ttlMs)),
    writes.map(({ ifVersion }) => ifVersion ?? null),
  ];
}

function maybe(value: number | undefined): number | null {
  return value === undefined ? null : millis(value);
}

function limit(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

/** Text that PostgreSQL takes: it knows neither U+0000 nor lone surrogates. */
export function clean(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

type Cells = readonly unknown[];

export function readClaim(queue: string, row: Cells): Claim {
  return {
    queue,
    key: String(row[0]),
    id: String(row[1]),
    n: Number(row[2]),
    payload: readPayload(row[3], row[4]),
    headers: readHeaders(row[5]),
    attempts: Number(row[6]),
    crashes: Number(row[7]),
    fence: Number(row[8]),
    enqueuedAt: Number(row[9]),
    leaseUntil: Number(row[10]),
  };
}

export function readWaiting(queue: string, key: string, row: Cells): Omit<Claim, "fence" | "leaseUntil"> {
  return {
    queue,
    key,
    id: String(row[0]),
    n: Number(row[1]),
    payload: readPayload(row[2], row[3]),
    headers: readHeaders(row[4]),
    attempts: Number(row[5]),
    crashes: Number(row[6]),
    enqueuedAt: Number(row[7]),
  };
}

export function readDead(queue: string, row: Cells): DeadJob {
  const job = {
    queue,
    id: String(row[0]),
    key: String(row[1]),
    payload: readPayload(row[2], row[3]),
    headers: readHeaders(row[4]),
    attempts: Number(row[5]),
    reason: String(row[6]),
    enqueuedAt: Number(row[8]),
    diedAt: Number(row[9]),
  };
  return typeof row[7] === "string" ? { ...job, error: row[7] } : job;
}

function readPayload(kind: unknown, bytes: unknown): string | Uint8Array {
  const buffer = bytes as Buffer;
  if (kind === form.bytes) return new Uint8Array(buffer);
  return buffer.toString(kind === form.text ? "utf8" : "utf16le");
}

function readHeaders(text: unknown): Readonly<Record<string, string>> {
  return typeof text === "string" ? (JSON.parse(text) as Record<string, string>) : {};
}
