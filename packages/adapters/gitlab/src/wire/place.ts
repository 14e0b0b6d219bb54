/** What comments can stand on. */
export type NoteableKind = "issue" | "change" | "snippet" | "commit";

/** What a thread of an address names. */
export interface Place {
  readonly kind: NoteableKind;
  /** Number within the project; of a commit, its sha. */
  readonly number: string;
  /** Id of a discussion: replies go below its first note. */
  readonly discussion?: string;
}

const sigils: Readonly<Record<string, NoteableKind>> = { "#": "issue", "!": "change", $: "snippet", "@": "commit" };
const spelled = /^([#!$@])([\w-]+)(?:\/([\w-]+))?$/;
const folders = { issue: "issues", change: "merge_requests", snippet: "snippets", commit: "repository/commits" } as const;

/** Reads `#5`, `!5`, `$7`, `@<sha>`, each with `/<discussion>` behind it or without. Undefined for what is none of these. */
export function readThread(thread: string | undefined): Place | undefined {
  const match = thread === undefined ? null : spelled.exec(thread);
  if (match === null) return undefined;
  const [, sigil = "", number = "", discussion] = match;
  const kind = sigils[sigil];
  if (kind === undefined || (kind !== "commit" && !/^\d+$/.test(number))) return undefined;
  return { kind, number, ...(discussion === undefined ? {} : { discussion }) };
}

/** The thread of a place. */
export function writeThread({ kind, number, discussion }: Place): string {
  const sigil = Object.keys(sigils).find((one) => sigils[one] === kind) ?? "#";
  return `${sigil}${number}${discussion === undefined ? "" : `/${discussion}`}`;
}

/** The route of an address to answer by notes that only members of the project see. */
export const internalRoute = "internal";

/** API path of a project, by path or number. */
export function projectPath(room: string): string {
  return `projects/${encodeURIComponent(room)}`;
}

/** API path of what comments stand on. */
export function noteablePath(room: string, { kind, number }: Place): string {
  return `${projectPath(room)}/${folders[kind]}/${encodeURIComponent(number)}`;
}
