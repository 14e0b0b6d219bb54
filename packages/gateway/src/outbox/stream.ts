import type { Adapter, Address, Clock, Content, Observer, PreparedDraft, Receipt } from "../contract/index.ts";
import { parseMarkdown } from "../kit/markdown/index.ts";
import type { Outcome } from "./attempt.ts";
import type { Unsent } from "./compose.ts";

/** What a stream needs of the outbox. */
export interface StreamPort {
  readonly adapter: Adapter;
  readonly to: Address;
  /** Id of the saying; its operations are named after it. */
  readonly id: string;
  /** Which run of the handler this is: what one run leaves half shown, the next one corrects. */
  readonly attempt: number;
  /** True when an earlier run has begun a native stream, and may have left it open. */
  readonly begun: boolean;
  /** User the answer is for, where a platform wants to know. */
  readonly recipient?: string;
  readonly clock: Clock;
  readonly observe: Observer;
  readonly signal: AbortSignal;
  /** Puts an operation into the outbox. True when an earlier run had done so already. */
  post(id: string, item: Unsent): Promise<boolean>;
  receipt(id: string): Promise<Receipt>;
  /** One try, now, outside the queue: for what is worthless later. */
  live(item: Unsent): Promise<Outcome>;
  /** Keeps in the transcript what a message now says, when no queued operation does. */
  remember(item: Unsent, receipt: Receipt): Promise<void>;
}

/** Shows a growing text. `show` brings the platform up to date as well as it can; `finish` makes it exact, durably. */
export interface Screen {
  show(full: string): Promise<void>;
  /** Resolves to the ids of the operations that made the messages. */
  finish(full: string): Promise<readonly string[]>;
}

/** Thrown by a screen when the reader has had enough. */
export const stopped: unique symbol = Symbol("stopped");

/** Reads a source of text to its end and keeps a screen up to date, at the platform's pace. */
export async function runStream(
  source: AsyncIterable<string>,
  screen: Screen,
  port: Pick<StreamPort, "clock" | "adapter" | "to" | "signal">,
): Promise<readonly string[]> {
  const { clock, signal } = port;
  const { intervalMs } = port.adapter.capabilities(port.to).stream;
  let full = "";
  let last = -Infinity;
  let cancel: (() => void) | undefined;
  let showing: Promise<void> | undefined;
  let dirty = false;
  let halt = false;
  let failure: unknown;

  const show = (): void => {
    cancel = undefined;
    dirty = false;
    last = clock.now();
    showing = screen
      .show(full)
      .catch((error: unknown) => {
        if (error === stopped) halt = true;
        else failure ??= error;
      })
      .finally(() => {
        showing = undefined;
        if (dirty) schedule();
      });
  };
  const schedule = (): void => {
    dirty = true;
    if (cancel || showing || halt || failure !== undefined) return;
    cancel = clock.after(Math.max(0, last + intervalMs - clock.now()), show);
  };
  const iterator = source[Symbol.asyncIterator]();
  let onGone = (): void => {};
  const gone = new Promise<undefined>((resolve) => (onGone = () => resolve(undefined)));
  if (signal.aborted) onGone();
  signal.addEventListener("abort", onGone, { once: true });
  try {
    // A source may be silent for ever; a run that no longer counts does not wait for it.
    for (;;) {
      const next = await Promise.race([iterator.next(), gone]);
      if (!next || next.done === true) break;
      full += next.value;
      if (halt || failure !== undefined || signal.aborted) break;
      if (full.trim() !== "") schedule();
    }
  } finally {
    signal.removeEventListener("abort", onGone);
    void iterator.return?.().catch(() => undefined);
    cancel?.();
    dirty = false;
    await showing;
  }
  if (failure !== undefined) throw failure;
  signal.throwIfAborted();
  return full.trim() === "" ? [] : screen.finish(full);
}

/** The text as a draft of its own. */
export function asDraft(text: string): PreparedDraft {
  const content: Content = parseMarkdown(text);
  return { content, attachments: [] };
}
