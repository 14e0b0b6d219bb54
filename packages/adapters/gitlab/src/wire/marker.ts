import { hash, randomBytes } from "node:crypto";
import { equalInConstantTime, hmacSha256 } from "@devflow/gateway/kit";

/** The name of an operation within its marker. */
export function markerOf(key: string): string {
  return `devflow:${hash("sha256", key, "hex").slice(0, 24)}`;
}

/** Markdown with a marker at its end: a comment that GitLab keeps and does not show. */
export function marked(markdown: string, key: string): string {
  return `${markdown}${markdown === "" ? "" : "\n\n"}<!-- ${markerOf(key)} -->`;
}

/** Characters that {@link marked} adds. */
export const markerLength = 43;

const mark = /\s*<!-- devflow:[0-9a-f]{24} -->\s*$/;

/** True when a text ends with a marker of ours. */
export function isMarked(markdown: string): boolean {
  return mark.test(markdown.slice(-2 * markerLength));
}

/** The text without its marker. */
export function unmarked(markdown: string): string {
  const tail = markdown.slice(-2 * markerLength);
  return isMarked(tail) ? markdown.slice(0, markdown.length - tail.length) + tail.replace(mark, "") : markdown;
}

/**
 * A UUID for `X-Gitlab-Event-UUID` of a write: GitLab repeats it in the deliveries that the write causes. Half of it proves that
 * it is ours, so that nobody else can pass off their doings as the gateway's.
 * Source: GitLab's `recursion_detection/uuid.rb`.
 */
export function eventUuid(secret: string): string {
  return sealed(randomBytes(seedDigits / 2).toString("hex"), secret);
}

/** True for a UUID that {@link eventUuid} made with any of the secrets. */
export function isOwnUuid(uuid: string, secrets: readonly string[]): boolean {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) return false;
  const seed = uuid.replaceAll("-", "").slice(0, 12) + uuid.slice(15, 17);
  let own = false;
  for (const secret of secrets) own = equalInConstantTime(sealed(seed, secret), uuid) || own;
  return own;
}

const seedDigits = 14;

/** Version and variant stand at their places, as in any UUID of chance. */
function sealed(seed: string, secret: string): string {
  const digits = seed + hmacSha256(secret, `devflow gitlab write ${seed}`).slice(0, 16);
  const [a, b, c, d, e] = [
    [0, 8],
    [8, 12],
    [12, 15],
    [15, 18],
    [18, 30],
  ].map(([from, to]) => digits.slice(from, to));
  return `${a}-${b}-4${c}-8${d}-${e}`;
}
