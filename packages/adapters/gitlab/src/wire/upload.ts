/** A file in a project's uploads. */
export interface Upload {
  /** Path or number of the project. */
  readonly project: string;
  /** What makes its address unguessable: 32 hexadecimal digits. */
  readonly secret: string;
  readonly name: string;
}

const address = /\/uploads\/([0-9a-f]{32})\/([^/?#]+)(?:[?#]|$)/;

/** The upload that an address in a text leads to, if it does. `project` is where the text stands. */
export function uploadAt(url: string, project: string): Upload | undefined {
  const match = address.exec(url);
  if (match === null) return undefined;
  const [, secret = "", file = ""] = match;
  const home = /(?:^|\/)-\/project\/(\d+)\/uploads\//.exec(url)?.[1] ?? project;
  try {
    return { project: home, secret, name: decodeURIComponent(file) };
  } catch {
    return undefined;
  }
}

/** An upload as the handle of an attachment. */
export function writeHandle({ project, secret, name }: Upload): string {
  return [project, secret, name].map(encodeURIComponent).join("/");
}

/** Reads {@link writeHandle}; undefined for what it did not write. */
export function readHandle(handle: string): Upload | undefined {
  const parts = handle.split("/");
  if (parts.length !== 3) return undefined;
  const [project = "", secret = "", name = ""] = parts.map((part) => decodeURIComponent(part));
  return /^[0-9a-f]{32}$/.test(secret) && project !== "" && name !== "" ? { project, secret, name } : undefined;
}
