import { hash } from "node:crypto";

/** What a key built on top of one of ours may add to it, and still fit into the 512 bytes that stores take. */
const maxBytes = 200;

/**
 * A platform's id or address as part of a key that every store takes: at most 200 bytes, well-formed, without U+0000. What is
 * not already so is named by its hash, so that two different ids never become one. Idempotent.
 */
export function storeKey(text: string): string {
  const fits = text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes;
  if (fits && text.isWellFormed() && !text.includes("\0")) return text;
  // UTF-8 would make one of all lone surrogates; UTF-16 keeps them apart.
  const name = hash("sha256", Buffer.from(text, "utf16le"), "hex");
  return `${text.slice(0, 32).toWellFormed().replaceAll("\0", "")}#${name}`;
}
