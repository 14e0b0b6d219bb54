import type { Bucket } from "@devflow/gateway/contract";

/** The page is ours: nothing limits its pace. */
export function limits(): readonly Bucket[] {
  return [];
}
