import { hash, timingSafeEqual } from "node:crypto";

const blockBytes = 64;
/** Padded keys by key; a gateway has a handful of secrets, so the map is emptied rather than managed. */
const pads = new Map<string, { readonly inner: Buffer; readonly outer: Buffer }>();

/**
 * HMAC-SHA256 of the parts, one after the other, as lower-case hex. Two one-shot hashes (RFC 2104): an HTTP server that
 * verifies each request spends about a tenth less than with `createHmac`, whose native objects burden the collector.
 */
export function hmacSha256(key: string, ...data: readonly (string | Uint8Array)[]): string {
  const { inner, outer } = pads.get(key) ?? pad(key);
  const parts = data.map((part) => (typeof part === "string" ? Buffer.from(part) : part));
  const message = Buffer.concat([outer, hash("sha256", Buffer.concat([inner, ...parts]), "buffer")]);
  return hash("sha256", message, "hex");
}

/** Compares two strings in a time that does not depend on where they differ, nor on their lengths. */
export function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"));
}

function pad(key: string): { readonly inner: Buffer; readonly outer: Buffer } {
  const bytes = Buffer.from(key);
  const block = Buffer.alloc(blockBytes);
  (bytes.length > blockBytes ? hash("sha256", bytes, "buffer") : bytes).copy(block);
  const padded = { inner: Buffer.from(block.map((byte) => byte ^ 0x36)), outer: Buffer.from(block.map((byte) => byte ^ 0x5c)) };
  if (pads.size >= 256) pads.clear();
  pads.set(key, padded);
  return padded;
}
