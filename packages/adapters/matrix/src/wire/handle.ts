/** Spells the handle of a file on a homeserver: its address, which works for every user of every account. */
export function writeHandle(url: string): string {
  return `matrix/${url}`;
}

/** The address that {@link writeHandle} spelled; undefined for another platform's handle. */
export function readHandle(handle: string): string | undefined {
  return handle.startsWith("matrix/mxc://") ? handle.slice("matrix/".length) : undefined;
}
