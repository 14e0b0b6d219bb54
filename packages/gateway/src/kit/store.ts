import type { Job, QueueOptions } from "../contract/index.ts";
import { GatewayError } from "../error.ts";

const queueName = /^[a-z][a-z0-9_-]{0,47}$/;
const maxKeyBytes = 512;
const maxValueBytes = 256 * 1024;
const maxErrorBytes = 4096;
const maxAheadMs = 400 * 86_400_000;

/** For stores: throws `key.invalid` unless the name is one a queue may have. */
export function checkQueueName(name: string): void {
  if (!queueName.test(name)) {
    throw new GatewayError("key.invalid", `store: "${name.slice(0, 64)}" is no queue name; use ${queueName.source}.`);
  }
}

/** For stores: throws `key.invalid` unless the text is well-formed Unicode, has no U+0000 and fits into 512 bytes of UTF-8. */
export function checkKey(text: string, what: string): void {
  const fits = text.length * 3 <= maxKeyBytes || Buffer.byteLength(text) <= maxKeyBytes;
  if (fits && text.isWellFormed() && !text.includes("\0")) return;
  throw new GatewayError("key.invalid", `store: the ${what} must be well-formed, without U+0000, at most ${maxKeyBytes} bytes.`);
}

/** For stores: throws `payload.oversized` when a value is longer than a store takes. */
export function checkValue(value: Uint8Array | undefined): void {
  if (value === undefined || value.byteLength <= maxValueBytes) return;
  throw new GatewayError("payload.oversized", `store: a value of ${value.byteLength} bytes; at most ${maxValueBytes} fit.`);
}

/** For stores: throws `key.invalid`, `payload.oversized` or `options.invalid` unless the queue may take the job. */
export function checkJob(job: Job, queue: string, options: QueueOptions, now: number): void {
  checkKey(job.key, "key of a job");
  checkKey(job.id, "id of a job");
  const { payload } = job;
  const limit = options.maxPayloadBytes;
  const bytes = typeof payload !== "string" ? payload.byteLength : payload.length * 3 <= limit ? 0 : Buffer.byteLength(payload);
  if (bytes > limit) {
    throw new GatewayError("payload.oversized", `store: a job of ${bytes} bytes; queue "${queue}" takes ${limit}.`);
  }
  if (job.runAt !== undefined && !(job.runAt <= now + maxAheadMs)) {
    throw new GatewayError(
      "options.invalid",
      "store: runAt lies more than 400 days ahead; schedule a nearer job that schedules again.",
    );
  }
}

/** For stores: the text of an error, cut to 4 KiB of UTF-8 at a whole character. */
export function clipError(text: string): string {
  if (text.length * 3 <= maxErrorBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= maxErrorBytes) return bytes.toString();
  let end = maxErrorBytes;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}

/** For stores: orders two strings as the bytes of their UTF-8, which is not the order of `<` beyond U+D7FF. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for characters beyond U+FFFF, so they rank after U+E000–U+FFFF. */
function rank(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
