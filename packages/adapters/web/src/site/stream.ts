import type { AdapterContext } from "@devflow/gateway/contract";
import type { Backstage } from "../client/index.ts";
import type { WebLive, WebRecord } from "../wire.ts";

/** How often a page looks for records that another process wrote. */
export const pollMs = 1_000;
/** How often an idle page hears from us; it reconnects when it has not for three times as long. */
export const beatMs = 15_000;

/** One open page, as server-sent events. */
export interface StreamOptions {
  readonly room: string;
  /** Number of the newest record that the page has. */
  readonly after: number;
  /** When it ends by itself, so that the page asks for its session again. Milliseconds since the epoch. */
  readonly until: number;
  readonly backstage: Backstage;
  readonly context: AdapterContext;
  /** Aborts when the page is gone. */
  readonly signal: AbortSignal;
  /** Called once, when the stream is over. */
  readonly closed: () => void;
}

/**
 * Events: `record` with the record's number as id, `live` for what is not kept, `reset` when the page has seen more than
 * there is (its room was forgotten), `ready` when everything kept has been sent, `beat`. It sends when the page reads, so a
 * slow page costs one batch, not a queue.
 */
export function eventStream(options: StreamOptions): ReadableStream<Uint8Array> {
  const { room, after, until, backstage, context, signal, closed } = options;
  const encoder = new TextEncoder();
  const live = new Map<string, WebLive>();
  let cursor = after;
  let greeting = "retry: 1000\n\n";
  let grown = true;
  let ready = false;
  const ended = new AbortController();
  let beatAt = context.clock.now() + beatMs;
  let wake = (): void => {};

  const leave = backstage.hub.open(room, (shown) => {
    if (shown === undefined) grown = true;
    // Each update of a stream holds all of it: the newest is enough.
    else live.set(shown.kind === "stream" ? shown.id : shown.kind, shown);
    wake();
  });
  const over = (): void => {
    ended.abort();
    leave();
    signal.removeEventListener("abort", over);
    wake();
    closed();
  };
  if (signal.aborted) over();
  else signal.addEventListener("abort", over, { once: true });

  const collect = async (): Promise<string> => {
    let frames = greeting;
    greeting = "";
    if (grown) {
      grown = false;
      // Together with the newest that the page has: without it and all that came after, the numbers have begun anew.
      const known = await backstage.transcript.after(room, Math.max(0, cursor - 1), context);
      if (cursor > 0 && known.length === 0) {
        cursor = 0;
        ready = false;
        grown = true;
        frames += frame("reset", {}, 0);
      }
      const records = known.filter(({ n }) => n > cursor);
      for (const record of records) {
        frames += frame("record", record, record.n);
        // What the record settles must not be overwritten by an older update.
        if (record.kind === "edit" || record.kind === "delete") live.delete(record.id);
      }
      cursor = records.at(-1)?.n ?? cursor;
      if (records.length > 0) grown = true;
    }
    if (!grown) {
      if (!ready) frames += frame("ready", {});
      ready = true;
      for (const shown of live.values()) frames += frame("live", shown);
      live.clear();
    }
    if (context.clock.now() >= beatAt) frames += frame("beat", {});
    if (frames !== "") beatAt = context.clock.now() + beatMs;
    return frames;
  };

  const pause = async (): Promise<void> => {
    if (grown || live.size > 0 || ended.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const cancel = context.clock.after(pollMs, () => {
        grown = true;
        wake();
      });
      wake = () => {
        cancel();
        resolve();
      };
    });
    wake = () => {};
  };

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          while (!ended.signal.aborted && context.clock.now() < until) {
            const frames = await collect();
            if (frames !== "" && !ended.signal.aborted) return controller.enqueue(encoder.encode(frames));
            await pause();
          }
        } catch (error) {
          // The page dials again and goes on where it was.
          context.log.warn({ platform: "web", error }, "web: an event stream ended, the store did not answer");
        }
        over();
        controller.close();
      },
      cancel: over,
    },
    { highWaterMark: 0 },
  );
}

function frame(event: string, data: WebRecord | WebLive | object, id?: number): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
