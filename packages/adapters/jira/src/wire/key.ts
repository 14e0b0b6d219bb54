/** `APP-12`, or the id of an issue, which the API takes as well. Nothing else may go into a path. */
const issueForm = /^(?:[A-Z][A-Z0-9_]{1,254}-[1-9]\d{0,18}|[1-9]\d{0,18})$/;

/** A project's key or id. */
const projectForm = /^(?:[A-Z][A-Z0-9_]{1,254}|[1-9]\d{0,18})$/;

/** Room of what belongs to no project that a payload names: users, filters, a comment whose issue could not be looked up. */
export const noProject = "-";

/** True for an issue's key or id. */
export function isIssueKey(value: string): boolean {
  return issueForm.test(value);
}

/** True for a project's key or id. */
export function isProjectKey(value: string): boolean {
  return projectForm.test(value);
}

/** The project of a key such as `APP-12`; undefined for an issue's bare id. */
export function projectOf(key: string): string | undefined {
  const at = key.lastIndexOf("-");
  return at > 0 ? key.slice(0, at) : undefined;
}

/** Where people look at an issue, or at one comment on it. `site` has no slash at its end. */
export function browseUrl(site: string, key: string, comment?: string): string {
  const url = `${site}/browse/${encodeURIComponent(key)}`;
  return comment === undefined ? url : `${url}?focusedCommentId=${encodeURIComponent(comment)}`;
}
