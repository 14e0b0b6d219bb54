import type { Status } from "./step.ts";

/** Where an issue is to go. */
export interface Goal {
  /** As a refusal names it. */
  readonly says: string;
  /** The status that was named. */
  readonly named: string | undefined;
  /** Smaller is better; undefined for a status that is none of those meant. */
  rank(status: Status): number | undefined;
}

/** A rank from which on it is worth to look for a better status further away. */
export const poor = 3;

const finished = /^(?:done|closed?|resolved|complete[d]?|finished)$/i;
const given = /cancel|reject|declin|won['’]?t|duplicate|abandon|invalid|obsolete/i;

/**
 * The status that was named; or any that is closed, one of success before one of giving up; or any that is open, the beginning of
 * the workflow before its middle.
 */
export function goalOf(status: string | undefined, state: string | undefined): Goal {
  if (status !== undefined) {
    const wanted = status.trim().toLowerCase();
    const is = (one: Status): boolean => one.id === status || one.name.toLowerCase() === wanted;
    const rank = (one: Status): number | undefined => (is(one) && (state === undefined || isIn(state, one)) ? 0 : undefined);
    return { says: `"${status.slice(0, 100)}"`, named: status, rank };
  }
  if (state === "closed") {
    const rank = ({ category, name }: Status): number | undefined =>
      category !== "done" ? undefined : finished.test(name) ? 0 : given.test(name) ? poor : 1;
    return { says: "a status that is closed", named: undefined, rank };
  }
  const rank = ({ category }: Status): number | undefined => (category === "done" ? undefined : category === "new" ? 0 : 1);
  return { says: "a status that is open", named: undefined, rank };
}

function isIn(state: string, { category }: Status): boolean {
  return (state === "closed") === (category === "done");
}
