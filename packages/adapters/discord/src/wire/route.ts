import type { JsonObject } from "@devflow/gateway/kit";
import { id, number, object, text, timeOfId } from "./read.ts";

/** Kinds of interaction that are answered with messages. Source: Discord's reference, "Interaction Type". */
export const interactionTypes = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;

/** The way to answer an interaction: its token, with what the answer depends on. */
export interface Route {
  readonly interaction: string;
  /** How it is deferred: 5 shows that we are thinking, 6 shows nothing. */
  readonly deferral: 5 | 6;
  /** The one person to whom an answer may be shown alone. */
  readonly user: string;
  readonly token: string;
}

/** How long an interaction's token works, with half a minute to spare. Source: Discord's reference, "Followup Messages". */
const routeMs = 15 * 60_000 - 30_000;

/** Spells a route for `Address.route`. */
export function writeRoute({ interaction, deferral, user, token }: Route): string {
  return `${interaction}.${deferral}.${user}.${token}`;
}

/** Reads what {@link writeRoute} spelled; undefined for anything else. */
export function readRoute(spelled: string | undefined): Route | undefined {
  const [, interaction, deferral, user, token] = /^(\d{1,20})\.([56])\.(\d{1,20})\.([\w.+/=-]+)$/.exec(spelled ?? "") ?? [];
  if (interaction === undefined || user === undefined || token === undefined) return undefined;
  return { interaction, deferral: deferral === "5" ? 5 : 6, user, token };
}

/** The route of an interaction that is answered with messages. */
export function routeOf(interaction: JsonObject): Route | undefined {
  const { type, token } = interaction;
  const known = id(interaction["id"]);
  const user = id(object(object(interaction["member"])["user"])["id"]) ?? id(object(interaction["user"])["id"]);
  const said = text(token);
  if (known === undefined || user === undefined || said === undefined || !/^[\w.+/=-]+$/.test(said)) return undefined;
  if (type === interactionTypes.component) return { interaction: known, deferral: 6, user, token: said };
  if (type === interactionTypes.command) return { interaction: known, deferral: 5, user, token: said };
  if (type !== interactionTypes.modal) return undefined;
  // A form that was opened from a message belongs to it; nobody need see that we are thinking.
  return {
    interaction: known,
    deferral: number(object(interaction["message"])["type"]) === undefined ? 5 : 6,
    user,
    token: said,
  };
}

/** Milliseconds since the interaction was made. */
export function ageOf({ interaction }: Route, now: number): number {
  return now - timeOfId(interaction);
}

/** True while the token takes answers. */
export function isOpen(route: Route, now: number): boolean {
  return ageOf(route, now) < routeMs;
}
