import type { Event } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import type { Match } from "./match.ts";
import { meantKind } from "./kind.ts";
import { RouteTable, type Route } from "./table.ts";

export { checkOwnKind } from "./kind.ts";
export { isEcho, ownPlatform, type Match, type OneOrMore } from "./match.ts";

/** Wraps handlers: runs before them, calls `next` to go on, runs after them. */
export type Middleware<C> = (context: C, next: () => Promise<void>) => Promise<void> | void;

/** Does something about an event. */
export type Handle<C> = (context: C) => unknown;

/**
 * Knows which handlers an event goes to. `on` listens: every listener that matches runs, in the order of registration.
 * `route` hands over: of the exclusive routes that match only the first runs.
 */
export class Router<C> {
  readonly #tables = new Map<string, RouteTable<Handle<C>>>();
  readonly #middleware: Middleware<C>[] = [];
  #order = 0;

  use(middleware: Middleware<C>): void {
    this.#middleware.push(middleware);
  }

  /** Kinds are exact (`message.created`), whole nouns (`message.*`) or everything (`*`), each with `platform:` before it or not. */
  add(kinds: string | readonly string[], match: Match, handler: Handle<C>, exclusive: boolean): void {
    if (typeof handler !== "function")
      throw new GatewayError("options.invalid", `The handler of ${[kinds].flat().join(", ")} is no function.`);
    const order = this.#order++;
    for (const pattern of typeof kinds === "string" ? [kinds] : kinds) {
      const { platform, kind } = parsePattern(pattern);
      let table = this.#tables.get(kind);
      if (!table) this.#tables.set(kind, (table = new RouteTable()));
      const narrowed: Match =
        platform === undefined ? match : { ...match, platform: intersect(match.platform, platform, pattern) };
      table.add(narrowed, { order, exclusive, handler });
    }
  }

  /** The handlers of an event, in the order in which they run. Pure. */
  find(event: Event): readonly Handle<C>[] {
    const found: Route<Handle<C>>[] = [];
    const dot = event.kind.indexOf(".");
    this.#tables.get(event.kind)?.collect(event, found);
    this.#tables.get(`${event.kind.slice(0, dot)}.*`)?.collect(event, found);
    this.#tables.get("*")?.collect(event, found);
    if (found.length > 1) found.sort((a, b) => a.order - b.order);
    const handlers: Handle<C>[] = [];
    const seen = new Set<number>();
    let handedOver = false;
    for (const route of found) {
      if (seen.has(route.order) || (route.exclusive && handedOver)) continue;
      seen.add(route.order);
      handedOver ||= route.exclusive;
      handlers.push(route.handler);
    }
    return handlers;
  }

  /** Runs the handlers one after the other, inside all middleware. */
  async run(context: C, handlers: readonly Handle<C>[]): Promise<void> {
    const chain = this.#middleware;
    const step = async (index: number): Promise<void> => {
      const middleware = chain[index];
      if (!middleware) {
        for (const handler of handlers) await handler(context);
        return;
      }
      let rest: Promise<void> | undefined;
      let settled = false;
      await middleware(context, () => {
        if (rest) return Promise.reject(new GatewayError("options.invalid", "A middleware called next() twice."));
        rest = step(index + 1).finally(() => (settled = true));
        rest.catch(() => undefined);
        return rest;
      });
      // Whoever awaited it has decided about its failure. Whoever did not has not, and must neither end the run nor hide one.
      if (!settled) await rest;
    };
    await step(0);
  }
}

const patternForm = /^(?:([a-z][a-z0-9-]*):)?(\*|[a-z][a-z0-9-]*\.(?:\*|[a-z][a-z0-9-]*))$/;

function parsePattern(pattern: string): { readonly platform: string | undefined; readonly kind: string } {
  const parts = patternForm.exec(pattern);
  if (!parts?.[2])
    throw new GatewayError(
      "options.invalid",
      `"${pattern}" is no kind of event. Write message.created, message.*, slack:message.created or *.`,
    );
  const meant = meantKind(parts[2]);
  if (meant !== undefined) throw new GatewayError("options.invalid", `No event is of the kind "${pattern}". It is ${meant}.`);
  return { platform: parts[1], kind: parts[2] };
}

function intersect(given: Match["platform"], platform: string, pattern: string): string {
  const list = given === undefined ? [platform] : typeof given === "string" ? [given] : given;
  if (!list.includes(platform))
    throw new GatewayError(
      "options.invalid",
      `The route "${pattern}" also asks for platform ${list.join(", ")}: it could never match.`,
    );
  return platform;
}
