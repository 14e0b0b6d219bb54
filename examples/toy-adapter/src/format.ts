import type { Body, Content, Formatter, PreparedDraft } from "@devflow/gateway/contract";
import { printMarkdown } from "@devflow/gateway/kit";

/** Writes Toy's notes: Markdown, with up to five buttons. */
export const formatter: Formatter = {
  measure: (content) => printMarkdown(withoutActions(content)).length,
  format(operation) {
    switch (operation.kind) {
      case "message.post":
      case "message.edit":
        return toNote(operation.draft);
      case "reaction.add":
      case "reaction.remove":
        return { cheer: operation.emoji };
      default:
        return {};
    }
  },
};

function toNote({ content, replyTo, silent, native }: PreparedDraft): Body {
  const last = content.at(-1);
  const buttons = last?.type === "actions" ? last.items : [];
  return {
    text: printMarkdown(withoutActions(content)),
    ...(replyTo && { answers: replyTo }),
    ...(silent && { quiet: true }),
    ...(buttons.length > 0 && { buttons: buttons.map(({ kind: _, ...button }) => button) }),
    ...native?.["toy"],
  };
}

/** The core puts actions last. */
function withoutActions(content: Content): Content {
  return content.filter(({ type }) => type !== "actions");
}
