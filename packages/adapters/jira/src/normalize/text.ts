import type { Content } from "@devflow/gateway/contract";
import { printMarkdown, type JsonObject } from "@devflow/gateway/kit";
import { records, text } from "../wire/index.ts";
import { fromAdf, type ReadContext } from "./adf/index.ts";
import { fromWiki } from "./wiki/index.ts";

/** Rich text as Jira gives it: wiki markup in webhooks and from Data Center, a document from Cloud's API. */
export function readRich(value: unknown, context: ReadContext): Content {
  if (typeof value === "string") return fromWiki(value, context);
  return value === null || value === undefined ? [] : fromAdf(value, context);
}

/** Rich text as Markdown; empty when there is none. */
export function readMarkdown(value: unknown, context: ReadContext): string {
  const content = readRich(value, context);
  return content.length === 0 ? "" : printMarkdown(content);
}

/** The files of an issue, by which a text names those that it shows. */
export function filesOf(fields: JsonObject): NonNullable<ReadContext["attachments"]> {
  return records(fields["attachment"]).flatMap((file) => {
    const [filename, content] = [text(file["filename"]), text(file["content"])];
    return filename === undefined || content === undefined ? [] : [{ filename, content }];
  });
}
