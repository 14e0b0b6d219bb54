/** Exponential backoff with full jitter, in milliseconds: uniform in [0, min(cap, base · 2^(attempt-1))], at least `floorMs`. */
export function backoff(attempt: number, baseMs: number, capMs: number, floorMs = 0): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.max(floorMs, Math.round(Math.random() * ceiling));
}
