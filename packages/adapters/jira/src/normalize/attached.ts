import type { Inline } from "@devflow/gateway/contract";
import { safeUrl } from "@devflow/gateway/kit";

/** A file that a text shows, as a link to the attachment of that name; else a word in its place. */
export function attached(
  name: string,
  { attachments = [] }: { readonly attachments?: readonly { readonly filename: string; readonly content: string }[] },
): Inline {
  const found = attachments.find(({ filename }) => name !== "" && filename === name);
  const url = found === undefined ? undefined : safeUrl(found.content, ["https", "http"]);
  if (url !== undefined) return { type: "link", url, children: [{ type: "text", value: name }] };
  return { type: "emphasis", children: [{ type: "text", value: name === "" ? "[attachment]" : `[attachment: ${name}]` }] };
}
