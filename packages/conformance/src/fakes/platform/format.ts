import type { Block, Body, Content, Formatter, Inline, PreparedDraft } from "@devflow/gateway/contract";
import { isObject } from "@devflow/gateway/kit";

/** The formatter of a fake platform, whose own form is plain Markdown. */
export function fakeFormatter(platform: string): Formatter {
  const fromDraft = (draft: PreparedDraft): Body => {
    const { content, attachments: _, native, ...options } = draft;
    const rest = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== "" && value !== false));
    const last = content.at(-1);
    const overlay = native?.[platform];
    return {
      text: printed(content),
      ...(last?.type === "actions" && { actions: last.items }),
      ...rest,
      ...(isObject(overlay) && overlay),
    };
  };
  return {
    measure: (content) => printed(content).length,
    format(operation) {
      switch (operation.kind) {
        case "message.post":
        case "message.edit":
        case "stream.end":
          return fromDraft(operation.draft);
        case "message.delete":
        case "typing.start":
          return {};
        case "reaction.add":
        case "reaction.remove":
          return { emoji: operation.emoji };
        case "stream.begin":
        case "stream.append":
          return { text: operation.text };
        case "form.open":
          return { trigger: operation.trigger, form: operation.form };
        default: {
          const { kind: _, ...body } = operation;
          return body;
        }
      }
    },
  };
}

function printed(content: Content): string {
  return content
    .map(block)
    .filter((text) => text !== "")
    .join("\n\n");
}

function block(node: Block): string {
  switch (node.type) {
    case "paragraph":
      return inline(node.children);
    case "heading":
      return `${"#".repeat(node.depth)} ${inline(node.children)}`;
    case "list":
      return node.children
        .map((item, index) => {
          const mark = node.ordered ? `${(node.start ?? 1) + index}.` : "-";
          return `${mark} ${item.children.map(block).join("\n").replaceAll("\n", "\n  ")}`;
        })
        .join("\n");
    case "blockquote":
      return `> ${node.children.map(block).join("\n\n").replaceAll("\n", "\n> ")}`;
    case "code":
      return `\`\`\`${node.lang ?? ""}\n${node.value}\n\`\`\``;
    case "table":
      return node.children.map((row) => `| ${row.children.map((cell) => inline(cell.children)).join(" | ")} |`).join("\n");
    case "thematicBreak":
      return "---";
    case "fields":
      return node.items.map((item) => `${item.name}: ${inline(item.value)}`).join("\n");
    case "actions":
      return "";
  }
}

function inline(nodes: readonly Inline[]): string {
  return nodes.map(span).join("");
}

function span(node: Inline): string {
  switch (node.type) {
    case "text":
      return node.value;
    case "strong":
      return `**${inline(node.children)}**`;
    case "emphasis":
      return `*${inline(node.children)}*`;
    case "delete":
      return `~~${inline(node.children)}~~`;
    case "spoiler":
      return `||${inline(node.children)}||`;
    case "inlineCode":
      return `\`${node.value}\``;
    case "link":
      return `[${inline(node.children)}](${node.url})`;
    case "image":
      return `![${node.alt ?? ""}](${node.url})`;
    case "break":
      return "\n";
    case "mention":
      return `@${node.name ?? node.id}`;
    case "emoji":
      return node.value ?? `:${node.name}:`;
  }
}
