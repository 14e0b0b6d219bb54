import type { Content } from "@devflow/gateway/contract";
import type { WebFile, WebRecord } from "../wire.ts";
import { subjectOf } from "./transcript.ts";

/** A message as it reads now. */
export interface Shown {
  readonly id: string;
  readonly from: "person" | "bot";
  /** What the gateway said. */
  readonly content?: Content;
  /** What a person typed. */
  readonly text?: string;
  readonly files: readonly WebFile[];
  readonly replyTo?: string;
  readonly at: number;
  readonly editedAt?: number;
}

/** Messages by id, oldest first: edits laid over what they edit, deleted ones left out. */
export function fold(records: readonly WebRecord[]): Map<string, Shown> {
  const shown = new Map<string, Shown>();
  for (const record of records) {
    const id = subjectOf(record) ?? "";
    const now = shown.get(id);
    if (record.kind === "message") {
      const { from, files, at, replyTo } = record;
      const said = record.from === "bot" ? { content: record.content } : { text: record.text };
      shown.set(id, { id, from, files, at, ...said, ...(replyTo === undefined ? {} : { replyTo }) });
    } else if (record.kind === "edit" && now !== undefined) {
      const { content, files = now.files, final } = record;
      shown.set(id, { ...now, content, files, ...(final === true ? {} : { editedAt: record.at }) });
    } else if (record.kind === "delete") {
      shown.delete(id);
    }
  }
  return shown;
}
