/** A hook of ours, as `setup` remembers it. */
export interface OwnHook {
  /** API path of the project or group: `projects/group%2Fapp`. */
  readonly home: string;
  readonly id: string;
  /** Tells whether what it was made of has changed: GitLab does not tell the secrets that it has. */
  readonly print: string;
}

/** Prefix of the keys under which an account's hooks are remembered. */
export function hookKeys(account: string): string {
  return `hook/${encodeURIComponent(account)}/`;
}
