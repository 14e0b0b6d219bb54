import { createHmac, hash, timingSafeEqual } from "node:crypto";

/** HMAC-SHA256 of `data` as lower-case hex. */
export function hmacSha256(key: string, data: string | Uint8Array): string {
  return createHmac("sha256", key).update(data).digest("hex");
}

/** Compares two strings in a time that does not depend on where they differ, nor on their lengths. */
export function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"));
}
