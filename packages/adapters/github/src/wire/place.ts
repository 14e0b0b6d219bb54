import type { Address } from "@devflow/gateway/contract";

/** What an address says in GitHub's words. */
export interface Place {
  readonly owner: string;
  readonly repo: string;
  /** Number of the issue or pull request. */
  readonly number?: number;
  /** Id of the comment that began a thread on lines of code. */
  readonly root?: number;
}

/** Reads the room `owner/repo` and the thread `12` or `12/345`. Undefined for what is neither. */
export function placeOf({ room, thread }: Pick<Address, "room" | "thread">): Place | undefined {
  const [, owner, repo] = /^([^/\s]+)\/([^/\s]+)$/.exec(room) ?? [];
  if (owner === undefined || repo === undefined) return undefined;
  if (!thread) return { owner, repo };
  const [, number, root] = /^(\d{1,15})(?:\/(\d{1,15}))?$/.exec(thread) ?? [];
  if (number === undefined) return undefined;
  return { owner, repo, number: Number(number), ...(root === undefined ? {} : { root: Number(root) }) };
}

/** The room, and the number of an issue, that a key such as `octo/app#12` names; `room` is for keys without one. */
export function placeOfKey(key: string, room: string): { readonly room: string; readonly number: number } | undefined {
  const [, named, number] = /^([^/\s#]+\/[^/\s#]+)?#?(\d{1,15})$/.exec(key) ?? [];
  return number === undefined ? undefined : { room: named ?? room, number: Number(number) };
}
