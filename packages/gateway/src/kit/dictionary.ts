/** Values by name. `delete` takes one out. */
export type Dictionary<T> = Record<string, T | undefined>;

/**
 * Makes an empty dictionary for what comes and goes with every event. A `Map` that is filled and emptied all the time throws
 * its table away again and again, and V8 links each to the next: once one of them is old, the collector keeps all that follow,
 * with what was in them. An object without a prototype has no such chain, nor a name that means anything.
 */
export function dictionary<T>(): Dictionary<T> {
  return Object.create(null) as Dictionary<T>;
}
