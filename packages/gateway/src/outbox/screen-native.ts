import type { Receipt } from "../contract/index.ts";
import { isPassing } from "../kit/failure.ts";
import { unsent } from "./compose.ts";
import { cutMarkdown } from "./cut.ts";
import { prepare } from "./prepare.ts";
import { asDraft, stopped, type Screen, type StreamPort } from "./stream.ts";

/** One message that the platform streams. */
interface Open {
  readonly id: string;
  readonly messageId: string;
  readonly begunAt: number;
  /** Its Markdown so far. */
  text: string;
  /** How much of it the platform has. */
  sent: number;
  /** True when what it shows is uncertain: begun by an earlier run, closed by the platform, or an answer that never came. */
  unsure: boolean;
}

/** For platforms that stream: begins, appends, ends; before the platform closes a stream, or a message is full, it goes on in a fresh one. */
export function nativeScreen(port: StreamPort): Screen {
  const { adapter, to, clock } = port;
  const table = adapter.capabilities(to);
  const made: string[] = [];
  let taken = 0;
  let carry = "";
  let open: Open | undefined;
  /** True once the platform has refused to open a stream here: the whole text is posted when it is complete. */
  let refused = false;

  /** Begins a message with what waits for one, as far as it fits: by the next call the message is too long, and is cut there. */
  const begin = async (): Promise<void> => {
    const text = carry;
    const { head, tail } = cutMarkdown(text, table.text.limit);
    const id = `${port.id}.${made.length}`;
    const operation = {
      kind: "stream.begin" as const,
      text: head,
      ...(port.recipient === undefined ? {} : { recipient: port.recipient }),
    };
    const known = await port.post(id, unsent(adapter, operation, to));
    let receipt: Receipt;
    try {
      receipt = await port.receipt(id);
    } catch (error) {
      if (isPassing(error)) throw error;
      refused = true;
      return;
    }
    const { messageId = "" } = receipt;
    made.push(id);
    carry = "";
    open = { id, messageId, begunAt: clock.now(), text, sent: head.length, unsure: known || tail !== "" };
  };

  /** Closes the open message with exactly `text`; what follows starts with `rest`. */
  const end = async (message: Open, text: string, rest: string): Promise<void> => {
    open = undefined;
    carry = rest;
    const [first, ...more] = prepare(adapter, asDraft(text), to).drafts;
    const draft = first ?? asDraft("");
    const resumed = message.unsure || more.length > 0 || message.sent > text.length;
    const operation = {
      kind: "stream.end" as const,
      messageId: message.messageId,
      text: text.slice(message.sent),
      draft,
      ...(resumed ? { resumed } : {}),
    };
    await port.post(`${message.id}e`, unsent(adapter, operation, to, { messageId: message.messageId }));
    for (const [index, further] of more.entries()) {
      const id = `${message.id}p${index}`;
      await port.post(id, unsent(adapter, { kind: "message.post", draft: further }, to));
      made.push(id);
    }
  };

  const rotate = (message: Open, limit: number): Promise<void> => {
    const { head, tail } = cutMarkdown(message.text, limit);
    port.observe({
      step: "stream.rotated",
      level: "info",
      at: clock.now(),
      platform: to.platform,
      account: to.account,
      id: port.id,
    });
    return end(message, head, tail);
  };

  /** Takes what is new in the full text into the open message, or into what waits for one. */
  const take = (full: string): void => {
    const fresh = full.slice(taken);
    taken = full.length;
    if (open) open.text += fresh;
    else carry += fresh;
  };

  return {
    async show(full) {
      take(full);
      if (open) {
        if (open.text.length > table.text.limit) await rotate(open, table.text.limit);
        else if (table.stream.rotateMs !== undefined && clock.now() - open.begunAt > table.stream.rotateMs)
          await rotate(open, open.text.length);
      }
      if (!open) {
        if (carry.trim() !== "" && !refused) await begin();
        return;
      }
      const message = open;
      if (message.unsure || message.sent === message.text.length) return;
      const upTo = message.text.length;
      const operation = {
        kind: "stream.append" as const,
        messageId: message.messageId,
        text: message.text.slice(message.sent),
        full: message.text,
      };
      const outcome = await port.live(unsent(adapter, operation, to, { messageId: message.messageId }));
      if ("sent" in outcome) {
        message.sent = upTo;
        port.observe({
          step: "stream.appended",
          level: "debug",
          at: clock.now(),
          platform: to.platform,
          account: to.account,
          id: port.id,
        });
      } else if ("failed" in outcome) {
        if (outcome.failed.code === "stream.stopped") throw stopped;
        if (outcome.failed.code === "network.failed") message.unsure = true;
        if (outcome.failed.code === "stream.expired") {
          message.unsure = true;
          await rotate(message, message.sent);
        }
      }
    },
    async finish(full) {
      take(full);
      if (!open && port.begun && carry.trim() !== "" && !refused) await begin();
      if (open) await end(open, open.text, "");
      if (carry.trim() !== "") {
        for (const [index, draft] of prepare(adapter, asDraft(carry), to).drafts.entries()) {
          const id = `${port.id}.${made.length}f${index}`;
          await port.post(id, unsent(adapter, { kind: "message.post", draft }, to));
          made.push(id);
        }
      }
      return made;
    },
  };
}
