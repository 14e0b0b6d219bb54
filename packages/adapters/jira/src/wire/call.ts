/** A request to Jira's REST API, relative to `/rest/api/3` on Cloud and `/rest/api/2` on Data Center. */
export interface JiraCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Begins with a slash, each part encoded. One that begins with `/rest/` is taken from the base address instead. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** JSON, or a `FormData`. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What Jira and we call it: the property of issues and comments that says who made them. */
export const markerKey = "devflow";

/** A path with its values encoded. */
export function pathOf(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.reduce((path, part, index) => path + encodeURIComponent(values[index - 1] ?? "") + part);
}

/** Name in our memory of a comment that we are about to delete. */
export function deletedKey(account: string, comment: string): string {
  return `deleted/${account}/${comment}`;
}

/** Name in our memory of the fields that we are about to write. */
export function writtenKey(account: string, issue: string): string {
  return `written/${account}/${issue}`;
}
