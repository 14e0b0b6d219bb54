import type { AdapterContext, ConnectionTransport, Delivery, Sink, WireResponse } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError, isObject, sleep, type JsonObject } from "@devflow/gateway/kit";
import { asGatewayError, type Bots } from "./client.ts";
import type { Settings } from "./options.ts";
import { webhookSecrets } from "./verify.ts";
import { defaultUpdates, number, object } from "./wire/index.ts";

/** How long Telegram holds a poll open when there is nothing. It cuts at 50 s. */
const pollTimeoutMs = 30_000;
/** A poll that is silent for this much longer is dead, whatever the socket says. */
const silenceMs = 15_000;
/** Ids of updates start anew, at random, after a week without any; an offset must be forgotten before that. */
const offsetLifeMs = 6 * 86_400_000;
/** An empty answer sooner than this was no long poll. */
const hastyMs = 1_000;
const batchLimit = 100;

interface Cursor {
  /** Id of the first update that is not durable yet. */
  readonly next: number;
  readonly at: number;
}

/** What turns an update into deliveries: the webhook's room has it, and the adapter hands it in. */
type Receive = (
  update: JsonObject,
  text: string,
  at: { readonly account: string; readonly receivedAt: number },
  context: AdapterContext,
) => Promise<{ readonly deliveries: readonly Delivery[]; readonly response?: WireResponse }>;

/**
 * Long polling. The offset moves only after the sink took the updates, and by compare-and-set, so that of two pollers the one
 * that lost its lease cannot move it back.
 */
export function connection(settings: Settings, bots: Bots, receive: Receive): ConnectionTransport {
  return {
    async lines(context) {
      const polls = settings.polling ?? (await webhookSecrets(settings, context)).length === 0;
      return polls ? [await bots.account(context)] : [];
    },

    async run(account, sink, context, up) {
      const key = `offset/${account}`;
      const saved = await context.memory.get<Cursor>(key);
      let version = saved?.version ?? 0;
      let cursor = saved?.value;
      let timeoutMs = 0;
      while (!context.signal.aborted) {
        const fresh = cursor && context.clock.now() - cursor.at < offsetLifeMs ? cursor.next : undefined;
        const asked = context.clock.now();
        const updates = await poll(account, fresh, timeoutMs);
        if (updates === undefined) return;
        // The first poll does not wait: it shows at once whether this bot may poll.
        if (timeoutMs === 0) up();
        const last = updates.at(-1);
        // A server that does not hold polls open would be asked without a pause.
        if (last === undefined && timeoutMs > 0 && context.clock.now() - asked < hastyMs)
          await sleep(context.clock, hastyMs, context.signal);
        timeoutMs = pollTimeoutMs;
        if (last === undefined) continue;
        await take(updates, account, sink, context);
        cursor = { next: last.id + 1, at: context.clock.now() };
        const written = await context.memory.set(key, cursor, { ifVersion: version });
        if (written === false) throw superseded(account);
        version = written;
      }

      /** Updates in order; undefined when the caller wants no more. */
      async function poll(bot: string, offset: number | undefined, waitMs: number): Promise<readonly Update[] | undefined> {
        const silence = new AbortController();
        const cancel = context.clock.after(waitMs + silenceMs, () => silence.abort());
        const params = {
          ...(offset === undefined ? {} : { offset }),
          limit: batchLimit,
          timeout: waitMs / 1000,
          allowed_updates: settings.allowedUpdates ?? defaultUpdates,
        };
        const signal = AbortSignal.any([context.signal, silence.signal]);
        const given = abortOf(signal);
        try {
          const asked = bots.request(bot, { method: "getUpdates", params }, context, signal);
          return readUpdates(await Promise.race([asked, given.up]));
        } catch (error) {
          if (context.signal.aborted) return undefined;
          if (silence.signal.aborted) throw silent(bot);
          throw asGatewayError(error, { account: bot, method: "getUpdates" });
        } finally {
          given.forget();
          cancel();
        }
      }
    },
  };

  /** Hands a batch over as one, so that the store is asked once, and stops the spinners of pressed buttons afterwards. */
  async function take(updates: readonly Update[], account: string, sink: Sink, context: AdapterContext): Promise<void> {
    const at = { account, receivedAt: context.clock.now() };
    const receptions = await Promise.all(updates.map(({ update }) => receive(update, JSON.stringify(update), at, context)));
    await sink({ deliveries: receptions.flatMap(({ deliveries }) => deliveries) });
    for (const { response } of receptions) if (response) answer(response, account, context);
  }

  /** What a webhook would answer in its body is a call of its own here. Nothing waits for it: the press is durable. */
  function answer({ body = "{}" }: WireResponse, account: string, context: AdapterContext): void {
    const { method, ...params } = object(JSON.parse(body));
    bots.call(account, { method: String(method), params }, context).catch((error: unknown) => {
      const code = isGatewayError(error) ? error.code : "unknown";
      context.log.debug({ platform: "telegram", account, method, code }, "A pressed button was not answered in time");
    });
  }
}

/**
 * A client that was handed in may not heed a signal; its silence counts all the same. A joined signal with a listener is kept
 * for as long as the line's own, so each poll takes its listener back.
 */
function abortOf(signal: AbortSignal): { readonly up: Promise<never>; readonly forget: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new DOMException("The poll was given up.", "AbortError"));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  return { up: promise, forget: () => signal.removeEventListener("abort", stop) };
}

interface Update {
  readonly id: number;
  readonly update: JsonObject;
}

function readUpdates(result: unknown): readonly Update[] {
  if (!Array.isArray(result)) return [];
  return result.filter(isObject).flatMap((update) => {
    const id = number(update.update_id);
    return id === undefined ? [] : [{ id, update }];
  });
}

function silent(account: string): GatewayError {
  return new GatewayError("network.failed", `telegram: bot ${account}: the poll has fallen silent; dialling again.`, {
    platform: "telegram",
    account,
    retryable: true,
  });
}

function superseded(account: string): GatewayError {
  return new GatewayError(
    "connection.conflict",
    `telegram: bot ${account}: another process moved the offset. It has the line now; this one stops and dials again.`,
    {
      platform: "telegram",
      account,
      retryable: true,
    },
  );
}
