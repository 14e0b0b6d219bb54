import type { Event } from "../contract/index.ts";
import { compileMatch, readField, type Match, type MatchField } from "./match.ts";

/** A registered handler. */
export interface Route<H> {
  /** Place in the order of registration. */
  readonly order: number;
  /** True for routes of which only the first that matches runs. */
  readonly exclusive: boolean;
  readonly test: (event: Event) => boolean;
  readonly handler: H;
}

/** Fields worth an index, the most telling first. */
const indexed: readonly MatchField[] = [
  "command",
  "action",
  "form",
  "field",
  "type",
  "room",
  "thread",
  "actor",
  "account",
  "emoji",
  "text",
];

/**
 * Routes of one kind of event. A route that wants exact values of an indexed field lies in a map under each of them, so that
 * an event meets only the routes it could match, however many there are.
 */
export class RouteTable<H> {
  readonly #rest: Route<H>[] = [];
  readonly #maps = new Map<MatchField, Map<unknown, Route<H>[]>>();

  add(match: Match, route: Omit<Route<H>, "test">): void {
    const full: Route<H> = { ...route, test: compileMatch(match) };
    for (const field of indexed) {
      const values = exactValues(match[field]);
      if (!values) continue;
      let map = this.#maps.get(field);
      if (!map) this.#maps.set(field, (map = new Map()));
      for (const value of new Set(values)) {
        const list = map.get(value);
        if (list) list.push(full);
        else map.set(value, [full]);
      }
      return;
    }
    this.#rest.push(full);
  }

  /** Adds to `into` every route that the event matches. */
  collect(event: Event, into: Route<H>[]): void {
    for (const [field, map] of this.#maps) {
      const list = map.get(readField(field, event));
      if (list) for (const route of list) if (route.test(event)) into.push(route);
    }
    for (const route of this.#rest) if (route.test(event)) into.push(route);
  }
}

function exactValues(wanted: unknown): readonly unknown[] | undefined {
  if (wanted === undefined) return undefined;
  const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  return values.every((value) => typeof value === "string") ? values : undefined;
}
