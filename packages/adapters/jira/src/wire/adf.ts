/** A mark over text. */
export interface AdfMark {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
}

/** A node of Atlassian's document format. */
export interface AdfNode {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly content?: readonly AdfNode[];
  readonly marks?: readonly AdfMark[];
  readonly text?: string;
}

/** A document: what Jira Cloud's API, version 3, takes and gives for rich text. */
export interface AdfDoc {
  readonly version: 1;
  readonly type: "doc";
  readonly content: readonly AdfNode[];
}
