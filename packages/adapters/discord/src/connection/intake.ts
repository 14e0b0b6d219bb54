import type { AdapterContext, Sink, WireResponse } from "@devflow/gateway/contract";
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

  const work = async (): Promise<void> => {
    busy = true;
    try {
      while (waiting.length > 0 && !broken) {
        const batch = waiting;
        waiting = [];
        const receptions = await Promise.all(batch.map((one) => receive(one, options)));
        const deliveries = receptions.flat();
        if (deliveries.length > 0) await sink({ deliveries });
        await durable(batch.at(-1)?.seq ?? 0);
      }
    } catch (error) {
      broken = true;
      failed(error);
    } finally {
      busy = false;
    }
  };

  return {
    put(dispatched) {
      waiting.push(dispatched);
      if (!busy) working = work();
    },
    idle: () => working,
  };
}

async function receive({ dispatch, body, session }: Dispatched, options: IntakeOptions) {
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
  sink(reception)
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
