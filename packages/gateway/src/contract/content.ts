import type { Action } from "./action.ts";

/** A run of text. Line feeds inside are kept as line breaks. */
export type Text = { readonly type: "text"; readonly value: string };
export type Strong = { readonly type: "strong"; readonly children: readonly Inline[] };
export type Emphasis = { readonly type: "emphasis"; readonly children: readonly Inline[] };
export type Delete = { readonly type: "delete"; readonly children: readonly Inline[] };
export type Spoiler = { readonly type: "spoiler"; readonly children: readonly Inline[] };
export type InlineCode = { readonly type: "inlineCode"; readonly value: string };
export type Link = {
  readonly type: "link";
  readonly url: string;
  readonly title?: string | null;
  readonly children: readonly Inline[];
};
export type Image = {
  readonly type: "image";
  readonly url: string;
  readonly alt?: string | null;
  readonly title?: string | null;
};
export type Break = { readonly type: "break" };
/** `room` addresses everybody present; adapters make it inert unless the draft allows broadcasts. */
export type Mention = {
  readonly type: "mention";
  readonly target: "user" | "channel" | "group" | "room";
  readonly id: string;
  readonly name?: string;
};
/** A platform's own emoji (`name` without colons), or one that has a Unicode `value`. */
export type Emoji = { readonly type: "emoji"; readonly name: string; readonly value?: string };

/** Content within a line: mdast's phrasing content, with `mention`, `emoji` and `spoiler`. */
export type Inline = Text | Strong | Emphasis | Delete | Spoiler | InlineCode | Link | Image | Break | Mention | Emoji;

export type Paragraph = { readonly type: "paragraph"; readonly children: readonly Inline[] };
export type Heading = { readonly type: "heading"; readonly depth: 1 | 2 | 3 | 4 | 5 | 6; readonly children: readonly Inline[] };
export type ListItem = {
  readonly type: "listItem";
  readonly checked?: boolean | null;
  readonly spread?: boolean | null;
  readonly children: readonly Block[];
};
export type List = {
  readonly type: "list";
  readonly ordered?: boolean | null;
  readonly start?: number | null;
  readonly spread?: boolean | null;
  readonly children: readonly ListItem[];
};
export type Blockquote = { readonly type: "blockquote"; readonly children: readonly Block[] };
export type Code = {
  readonly type: "code";
  readonly lang?: string | null;
  readonly meta?: string | null;
  readonly value: string;
};
export type TableCell = { readonly type: "tableCell"; readonly children: readonly Inline[] };
export type TableRow = { readonly type: "tableRow"; readonly children: readonly TableCell[] };
/** The first row is the head. */
export type Table = {
  readonly type: "table";
  readonly align?: readonly ("left" | "right" | "center" | null)[] | null;
  readonly children: readonly TableRow[];
};
export type ThematicBreak = { readonly type: "thematicBreak" };
/** Names with values, as a compact table. */
export type Fields = {
  readonly type: "fields";
  readonly items: readonly { readonly name: string; readonly value: readonly Inline[] }[];
};
export type Actions = { readonly type: "actions"; readonly items: readonly Action[] };

/** Content that stands on lines of its own: mdast's flow content, with `fields` and `actions`. */
export type Block = Paragraph | Heading | List | Blockquote | Code | Table | ThematicBreak | Fields | Actions;

/** What a message says: a closed tree of plain JSON, a subset of mdast with a few nodes of our own. */
export type Content = readonly Block[];

/** Every node name, as capability tables list them. */
export type NodeType = Block["type"] | Inline["type"] | "listItem";
