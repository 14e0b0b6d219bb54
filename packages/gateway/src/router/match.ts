import type { Changes, Deployment, Event, Pipeline } from "../contract/index.ts";
import { GatewayError } from "../error.ts";

/** One value, or any of several. */
export type OneOrMore<T> = T | readonly T[];

/** What an event must look like. Every field given must hold. A field that the event does not have does not hold. */
export interface Match {
  readonly platform?: OneOrMore<string>;
  readonly account?: OneOrMore<string>;
  readonly room?: OneOrMore<string>;
  readonly thread?: OneOrMore<string>;
  /** Kind of conversation: `direct`, `group`, `channel`… */
  readonly conversation?: OneOrMore<string>;
  /** Id of the actor. */
  readonly actor?: OneOrMore<string>;
  readonly actorKind?: OneOrMore<string>;
  /** Whether the message is for the bot. */
  readonly addressed?: boolean;
  /** The whole text, or a pattern in it. */
  readonly text?: OneOrMore<string | RegExp>;
  readonly command?: OneOrMore<string>;
  readonly action?: OneOrMore<string>;
  readonly form?: OneOrMore<string>;
  readonly field?: OneOrMore<string>;
  readonly emoji?: OneOrMore<string>;
  /** Whether a run or deployment passed. */
  readonly passed?: boolean;
  /** Any of an issue's or change's labels. */
  readonly label?: OneOrMore<string>;
  /** A field among an event's changes: `status`, `title`. */
  readonly changed?: OneOrMore<string>;
  /** True: only what we did ourselves, which no route hears about unasked. */
  readonly self?: boolean;
  /** Type of a `platform.event`. */
  readonly type?: OneOrMore<string>;
  /** Any further condition. Must be quick, and must not throw. */
  readonly when?: (event: Event) => boolean;
}

/** A field of {@link Match} that compares with a value of the event. */
export type MatchField = Exclude<keyof Match, "when">;

type Loose = Event & {
  readonly message?: { readonly text: string; readonly addressed: boolean };
  readonly changes?: Changes;
  readonly pipeline?: Pipeline;
  readonly deployment?: Deployment;
  readonly [field: string]: unknown;
};

const readers: { readonly [F in MatchField]: (event: Loose) => unknown } = {
  platform: (event) => event.platform,
  account: (event) => event.account,
  room: (event) => event.conversation.address.room,
  thread: (event) => event.conversation.address.thread,
  conversation: (event) => event.conversation.kind,
  actor: (event) => event.actor.id,
  actorKind: (event) => event.actor.kind,
  addressed: (event) => event.message?.addressed,
  text: (event) => event.message?.text,
  command: (event) => event["command"],
  action: (event) => event["action"],
  form: (event) => event["form"],
  field: (event) => event["field"],
  emoji: (event) => event["emoji"],
  passed: (event) => (event.pipeline ?? event.deployment)?.passed,
  label: ({ conversation }) => (conversation.issue ?? conversation.change)?.labels,
  changed: (event) => event.changes && Object.keys(event.changes),
  self: (event) => event.actor.self,
  type: (event) => event["type"],
};

/** The event's value of a match field. */
export function readField(field: MatchField, event: Event): unknown {
  return readers[field](event as Loose);
}

/** Kinds that only tell us what we did, when it was us. A run that we started is news all the same. */
const echoes = /^(message|reaction|issue|change|review)\./;

/** Platform of what the program itself says has happened. No adapter may have this name. */
export const ownPlatform = "app";

/** Whether an event tells what we did ourselves on a platform. What the program says has happened is news, whoever did it. */
export function isEcho(event: Event): boolean {
  return event.actor.self && event.platform !== ownPlatform && echoes.test(event.kind);
}

/** Compiles a match into one test. Throws `options.invalid` for a field that does not exist. */
export function compileMatch(match: Match): (event: Event) => boolean {
  const tests: ((event: Event) => boolean)[] = match.self === undefined ? [(event) => !isEcho(event)] : [];
  for (const [field, wanted] of Object.entries(match)) {
    if (wanted === undefined) continue;
    if (field === "when") {
      tests.push(wanted as (event: Event) => boolean);
      continue;
    }
    if (!Object.hasOwn(readers, field))
      throw new GatewayError(
        "options.invalid",
        `A route cannot match on "${field}": there is no such field. There are ${Object.keys(readers).join(", ")} and when.`,
      );
    const test = compileValue(wanted);
    tests.push((event) => test(readField(field as MatchField, event)));
  }
  return (event) => tests.every((test) => test(event));
}

function compileValue(wanted: unknown): (value: unknown) => boolean {
  if (Array.isArray(wanted)) {
    const any = wanted.map(compileValue);
    return (value) => any.some((test) => test(value));
  }
  if (wanted instanceof RegExp) {
    // A global or sticky pattern remembers where it stopped, and would skip every other message.
    const pattern = new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, ""));
    return (value) => typeof value === "string" && pattern.test(value);
  }
  return (value) => (Array.isArray(value) ? value.includes(wanted) : value === wanted);
}
