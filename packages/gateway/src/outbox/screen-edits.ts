import type { PreparedDraft } from "../contract/index.ts";
import { unsent } from "./compose.ts";
import { prepare } from "./prepare.ts";
import { asDraft, type Screen, type StreamPort } from "./stream.ts";

interface Shown {
  readonly id: string;
  readonly messageId: string | undefined;
  /** What the message reads now, as far as this run knows. */
  content: string;
}

/** For platforms without streams: posts the beginning and edits it; a text that outgrows one message goes on in the next. */
export function editScreen(port: StreamPort): Screen {
  const { adapter, to } = port;
  const messages: Shown[] = [];

  const split = (full: string): readonly PreparedDraft[] =>
    prepare(adapter, asDraft(full), to, adapter.capabilities(to).text.editLimit).drafts;

  const post = async (draft: PreparedDraft): Promise<string> => {
    const id = `${port.id}.${messages.length}`;
    const known = await port.post(id, unsent(adapter, { kind: "message.post", draft }, to));
    // After a restart it is unknown what the message last showed; the final edit must not be spared then.
    messages.push({ id, messageId: undefined, content: known ? "" : JSON.stringify(draft.content) });
    return id;
  };

  const edit = (messageId: string, draft: PreparedDraft) =>
    unsent(adapter, { kind: "message.edit", messageId, draft }, to, { messageId });

  return {
    async show(full) {
      for (const [index, draft] of split(full).entries()) {
        const message = messages[index];
        if (!message) {
          const id = await post(draft);
          const { messageId } = await port.receipt(id);
          messages[index] = { ...(messages[index] as Shown), messageId };
          continue;
        }
        const content = JSON.stringify(draft.content);
        if (content === message.content || message.messageId === undefined) continue;
        const outcome = await port.live(edit(message.messageId, draft));
        if (!("sent" in outcome)) return;
        message.content = content;
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
        const message = messages[index];
        if (!message) await post(draft);
        else if (message.messageId !== undefined && message.content !== JSON.stringify(draft.content)) {
          await port.post(`${message.id}e`, edit(message.messageId, draft));
        }
      }
      for (const { id, messageId } of messages.splice(drafts.length)) {
        if (messageId !== undefined)
          await port.post(`${id}d`, unsent(adapter, { kind: "message.delete", messageId }, to, { messageId }));
      }
      return messages.map((message) => message.id);
    },
  };
}
