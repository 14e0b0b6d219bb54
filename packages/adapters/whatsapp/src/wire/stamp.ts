/** Longest `biz_opaque_callback_data`. Source: Cloud API, messages. */
const stampLimit = 512;
const form = /^df(\d+):(.+)$/s;

/**
 * The text that Meta hands back with each status of a message: the operation, and which of its requests it was. Undefined for
 * an id that does not fit.
 */
export function writeStamp(operation: string, index: number): string | undefined {
  const stamp = `df${index}:${operation}`;
  return stamp.length <= stampLimit ? stamp : undefined;
}

/** The operation of a stamp; undefined for what another program wrote. */
export function operationOf(stamp: unknown): string | undefined {
  return typeof stamp === "string" ? form.exec(stamp)?.[2] : undefined;
}

/** Where it is kept that Meta has the message with this stamp, whatever became of its answer. */
export function stampKey(account: string, stamp: string): string {
  return `taken/${account}/${stamp}`;
}
