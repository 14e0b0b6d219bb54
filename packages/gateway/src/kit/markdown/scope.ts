/** Targets of reference links, by their names in lower case. */
export type References = Readonly<Record<string, { readonly href: string; readonly title?: string | null }>>;

/** How Markdown is read. Unset: as chats mean it. */
export interface ParseOptions {
  /**
   * Reads what forges show beyond Markdown: `<sub> <sup> <ins> <u> <del> <s> <b> <strong> <i> <em> <kbd> <code>`, folded
   * `<details>`, and footnotes, which become raised numbers and paragraphs at the end. Comments are dropped, and so are control
   * characters. All other HTML is text.
   */
  readonly html?: boolean;
  /** What a line feed is that nobody made a break: the end of a line, unless set. */
  readonly feed?: "line" | "space";
  /** How many tildes it takes to strike through: one, unless set. */
  readonly tildes?: 1 | 2;
}

/** Footnotes of one text: their labels, with the numbers that they get in the order in which they are referred to. */
export interface Footnotes {
  readonly labels: ReadonlySet<string>;
  readonly numbers: Map<string, number>;
}

/** What the reading of every part of one text knows. */
export interface Scope {
  readonly options: ParseOptions;
  readonly references?: References | undefined;
  readonly footnotes?: Footnotes | undefined;
}
