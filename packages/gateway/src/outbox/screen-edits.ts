import type { PreparedDraft, Receipt } from "../contract/index.ts";
import { unsent, type Unsent } from "./compose.ts";
import { prepare } from "./prepare.ts";
import { asDraft, type Screen, type StreamPort } from "./stream.ts";

interface Shown {
  readonly id: string;
  /** Known once the platform has the message. */
  receipt?: Receipt;
  /** What the message reads now, as far as this run knows. */
  content: string;
  /** True when that is by a live edit, of which no record is kept. */
  live: boolean;
}

/** For platforms without streams: posts the beginning and edits it; a text that outgrows one message goes on in the next. */
export function editScreen(port: StreamPort): Screen {
  const { adapter, to } = port;
  const messages: Shown[] = [];

  const split = (full: string): readonly PreparedDraft[] =>
    prepare(adapter, asDraft(full), to, adapter.capabilities(to).text.editLimit).drafts;

  const posting = (draft: PreparedDraft): Unsent => unsent(adapter, { kind: "message.post", draft }, to);
  const editing = (draft: PreparedDraft, target: { readonly messageId?: string; readonly ref?: string }): Unsent =>
    unsent(adapter, { kind: "message.edit", messageId: target.messageId ?? "", draft }, to, target);

  const post = async (draft: PreparedDraft): Promise<Shown> => {
    const id = `${port.id}.${messages.length}`;
    const known = await port.post(id, posting(draft));
    // After a restart it is unknown what the message last showed; the final edit must not be spared then.
    const message = { id, content: known ? "" : JSON.stringify(draft.content), live: false };
    messages.push(message);
    return message;
  };

  return {
    async show(full) {
      for (const [index, draft] of split(full).entries()) {
        const message = messages[index] ?? (await post(draft));
        message.receipt ??= await port.receipt(message.id);
        const content = JSON.stringify(draft.content);
        const { messageId } = message.receipt;
        if (content === message.content || messageId === undefined) continue;
        const outcome = await port.live(editing(draft, { messageId }));
        if (!("sent" in outcome)) return;
        message.content = content;
        message.live = true;
        port.observe({
          step: "stream.appended",
          level: "debug",
          at: port.clock.now(),
          platform: to.platform,
          account: to.account,
          id: port.id,
        });
      }
    },
    async finish(full) {
      const drafts = split(full);
      for (const [index, draft] of drafts.entries()) {
        const message = messages[index] ?? (await post(draft));
        if (message.content !== JSON.stringify(draft.content))
          await port.post(`${message.id}e${port.attempt}`, editing(draft, { ref: message.id }));
        else if (message.live && message.receipt) await port.remember(posting(draft), message.receipt);
      }
      for (const { id } of messages.splice(drafts.length))
        await port.post(`${id}d`, unsent(adapter, { kind: "message.delete", messageId: "" }, to, { ref: id }));
      return messages.map((message) => message.id);
    },
  };
}
