import { record, text } from "./read.ts";

/** What a view of ours carries in `private_metadata`: the conversation it was opened from, and the form's own state. */
export interface Origin {
  readonly room: string;
  readonly thread?: string;
  readonly state?: string;
}

/** Reads {@link Origin}; undefined for metadata that we did not write. */
export function readOrigin(metadata: unknown): Origin | undefined {
  if (typeof metadata !== "string" || !metadata.startsWith("{")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(metadata);
  } catch {
    return undefined;
  }
  const { room, thread, state } = record(record(value)["devflow"]);
  if (text(room) === undefined) return undefined;
  return { room: String(room), ...(text(thread) && { thread: String(thread) }), ...(typeof state === "string" && { state }) };
}

/** Writes {@link Origin} as `private_metadata`. */
export function writeOrigin(origin: Origin): string {
  return JSON.stringify({ devflow: origin });
}
