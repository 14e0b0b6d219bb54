import type { Body, Content, Formatter, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { GatewayError, parseMarkdown } from "@devflow/gateway/kit";

const encoder = new TextEncoder();

/** Operations as entries of the transcript; content stays the tree it is. */
export const formatter: Formatter = {
  // A record of the store holds JSON, so JSON is what is counted.
  measure: (content) => (content.length === 0 ? 0 : encoder.encode(JSON.stringify(content)).byteLength),
  format(operation) {
    const body = entry(operation);
    if (body !== undefined) return body;
    throw new GatewayError("operation.unsupported", `web: the page has no operation ${operation.kind}.`, { platform: "web" });
  },
};

function entry(operation: Operation): Body | undefined {
  switch (operation.kind) {
    case "message.post":
      return said(operation.draft);
    case "message.edit":
    case "stream.end":
      return said(operation.draft);
    case "stream.begin":
      return { content: parseMarkdown(operation.text) };
    case "stream.append":
      return { content: parseMarkdown(operation.full) };
    case "reaction.add":
    case "reaction.remove":
      return { emoji: operation.emoji };
    case "form.open":
      return { form: operation.form, trigger: operation.trigger };
    case "message.delete":
    case "typing.start":
      return {};
    default:
      return undefined;
  }
}

function said({ content, replyTo, onlyFor, native }: PreparedDraft): Body {
  const body: { content: Content; replyTo?: string; onlyFor?: string } = { content };
  if (replyTo) body.replyTo = replyTo;
  if (onlyFor) body.onlyFor = onlyFor;
  return { ...body, ...native?.["web"] };
}
