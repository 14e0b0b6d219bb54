import type { AdapterContext, Delivery, Sink, WireResponse } from "@devflow/gateway/contract";
import { isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import { callback, deferLater, type Clients } from "../client/index.ts";
import { readArrival } from "../normalize/index.ts";
import { platform, type Settings } from "../options.ts";
import { holdsKept, id, interactionTypes, object, restoreLong, routeOf, text } from "../wire/index.ts";

/** A dispatch that came over a line. */
export interface Dispatched {
  readonly dispatch: JsonObject;
  readonly body: string;
  readonly session: string;
  readonly seq: number;
}

/** Where dispatches of a line go. */
export interface Intake {
  put(dispatched: Dispatched): void;
  /** Resolves when all that was put is durable. */
  idle(): Promise<void>;
}

/** What {@link createIntake} needs. */
export interface IntakeOptions {
  readonly account: string;
  readonly settings: Settings;
  readonly clients: Clients;
  readonly sink: Sink;
  readonly context: AdapterContext;
  /** All dispatches up to this number are durable. */
  readonly durable: (seq: number) => Promise<void>;
  /** The store took something not: the line must break off here, and go on from its cursor. */
  readonly failed: (error: unknown) => void;
}

/** Hands dispatches over in their order. What comes while the store is busy goes to it in one piece. */
export function createIntake(options: IntakeOptions): Intake {
  const { sink, durable, failed } = options;
  let waiting: Dispatched[] = [];
  let working: Promise<void> = Promise.resolve();
  let busy = false;
  let broken = false;
  let heard = 0;
  /** Forms that are asked about: each is durable with its answer, and the cursor waits before the first of them. */
  const forms = new Set<{ readonly seq: number; readonly done: Promise<void> }>();

  const work = async (): Promise<void> => {
    busy = true;
    try {
      while (waiting.length > 0 && !broken) {
        const batch = waiting;
        waiting = [];
        const receptions = await Promise.all(batch.map((one) => receive(one, options, hold)));
        const deliveries = receptions.flat();
        if (deliveries.length > 0) await sink({ deliveries });
        await durable(Math.min(batch.at(-1)?.seq ?? 0, ...[...forms].map(({ seq }) => seq - 1)));
      }
    } catch (error) {
      stop(error);
    } finally {
      busy = false;
    }
  };
  const stop = (error: unknown): void => {
    broken = true;
    failed(error);
  };
  const put = (dispatched: Dispatched): void => {
    heard = Math.max(heard, dispatched.seq);
    waiting.push(dispatched);
    if (!busy) working = work();
  };
  const hold = (seq: number, taken: Promise<unknown>): void => {
    const done = taken.then(() => {
      forms.delete(form);
      // Nothing for handlers: the cursor goes on.
      put({ dispatch: { t: "RESUMED" }, body: "", session: "", seq: heard });
    }, stop);
    const form = { seq, done };
    forms.add(form);
  };

  return {
    put,
    async idle() {
      await working;
      await Promise.all([...forms].map(({ done }) => done));
      await working;
    },
  };
}

/** `hold` keeps the cursor before what is handed over by itself until that is durable. */
async function receive(
  { dispatch, body, session, seq }: Dispatched,
  options: IntakeOptions,
  hold: (seq: number, taken: Promise<unknown>) => void,
): Promise<readonly Delivery[]> {
  const { account, settings, clients, context, sink } = options;
  const receivedAt = context.clock.now();
  const about = { account, session, receivedAt, intents: settings.intents };
  if (text(dispatch["t"]) !== "INTERACTION_CREATE") return readArrival({ dispatch, body, ...about }).deliveries;
  const interaction = object(dispatch["d"]);
  const kept = holdsKept(interaction);
  const whole = kept ? { ...dispatch, d: await restoreLong(interaction, context.memory) } : dispatch;
  const reception = readArrival({ dispatch: whole, body: kept ? JSON.stringify(whole) : body, ...about });
  const route = routeOf(interaction);
  if (route && interaction["type"] !== interactionTypes.autocomplete) {
    deferLater(route, settings.deferAfterMs, clients, account, context);
  }
  if (!reception.question) return reception.deliveries;
  // A question has a few seconds; the line must not wait for them.
  const taken = sink(reception);
  if (reception.deliveries.length > 0) hold(seq, taken);
  taken
    .then((response) => answer(interaction, response, options))
    .catch((error: unknown) => {
      const code = isGatewayError(error) ? error.code : "unknown";
      context.log.warn({ platform, account, code }, "discord: a question was not answered");
    });
  return [];
}

/** What a webhook would answer in its body is a request of its own here. */
async function answer(
  interaction: JsonObject,
  { body }: WireResponse,
  { account, clients, context }: IntakeOptions,
): Promise<void> {
  const known = id(interaction["id"]);
  const token = text(interaction["token"]);
  if (body === undefined || !body.startsWith("{") || known === undefined || token === undefined) return;
  await callback({ interaction: known, token }, object(JSON.parse(body)), clients, account, context);
}
