import type { AdapterContext, Address, Attachment, Body, OperationKind, Outgoing, Receipt } from "@devflow/gateway/contract";
import { GatewayError, type ErrorCode } from "@devflow/gateway/kit";

/** How the fake platform answers one call. */
export type FakeAnswer =
  /** It works: what happens without a script. */
  | "ok"
  /** Never answers; the call ends with the caller's signal. */
  | "hang"
  /** The line breaks before the platform has done anything. */
  | "reset"
  /** The platform does it, and the line breaks before it can say so. */
  | "lost"
  /** An HTTP status, with `Retry-After` where there is one. */
  | { readonly status: number; readonly retryAfterMs?: number; readonly bucket?: string }
  /** Exactly this error code, such as `stream.expired`. */
  | { readonly code: ErrorCode; readonly retryable?: boolean; readonly retryAfterMs?: number; readonly movedTo?: Address }
  /** Throws what no sender should. */
  | { readonly throws: unknown };

/** One call of the sender. */
export interface FakeCall extends Outgoing {
  /** Milliseconds since the epoch, by the clock of the context. */
  readonly at: number;
  readonly answer: FakeAnswer;
}

/** A message as people on the fake platform see it now. */
export interface FakeMessage {
  readonly id: string;
  readonly to: Address;
  /** Idempotency key that made it. */
  readonly key: string;
  readonly body: Body;
  readonly text: string;
  readonly attachments: readonly (Attachment & { readonly data?: Uint8Array })[];
  /** Texts that it had before. */
  readonly earlier: readonly string[];
  readonly reactions: readonly string[];
  readonly deleted: boolean;
  /** True while a native stream writes it. */
  readonly streaming: boolean;
}

/** What a fake platform knows and what it was asked to do. */
export interface FakeRecord {
  /** Every call of the sender, in order, failed ones included. */
  readonly calls: readonly FakeCall[];
  /** Every message on the platform, in order. */
  readonly messages: readonly FakeMessage[];
  /** Texts of the messages that are not deleted, in order; of one room when it is named. */
  texts(room?: string): readonly string[];
  /** How many messages have the idempotency key of an earlier one: what people would call a double. */
  readonly doubles: number;
  /** Answers for the next calls, one each. */
  script(...answers: readonly FakeAnswer[]): void;
  /** Decides each call before the script does; undefined leaves it to the script. Undefined takes the rule away. */
  rule(decide: ((outgoing: Outgoing) => FakeAnswer | undefined) | undefined): void;
}

type Draft = { -readonly [Field in keyof FakeMessage]: FakeMessage[Field] };

/** Makes the sending side of a fake platform. */
export function fakeSender(
  platform: string,
  honoursKeys: boolean,
): { readonly record: FakeRecord; send(outgoing: Outgoing, context: AdapterContext): Promise<Receipt> } {
  const calls: FakeCall[] = [];
  const messages: Draft[] = [];
  const script: FakeAnswer[] = [];
  let decide: ((outgoing: Outgoing) => FakeAnswer | undefined) | undefined;

  const fail = (code: ErrorCode, what: string, options: object = {}): never => {
    throw new GatewayError(code, `${platform}: ${what}`, { platform, ...options });
  };

  const find = (outgoing: Outgoing): Draft => {
    const message = messages.find(({ id, deleted }) => id === outgoing.messageId && !deleted);
    return (
      message ??
      fail("target.gone", `there is no message ${outgoing.messageId}. Post a new one.`, { account: outgoing.to.account })
    );
  };

  const post = async (outgoing: Outgoing, context: AdapterContext): Promise<string> => {
    const twin = honoursKeys && messages.find(({ key }) => key === outgoing.key);
    if (twin) return twin.id;
    const attachments = await Promise.all(
      (outgoing.attachments ?? []).map(async (attachment) => {
        const data = attachment.source?.type === "stored" ? await context.blobs.get(attachment.source.key) : undefined;
        return data ? { ...attachment, data } : attachment;
      }),
    );
    const id = `m${messages.length + 1}`;
    messages.push({
      id,
      to: outgoing.to,
      key: outgoing.key,
      body: outgoing.body,
      text: textOf(outgoing.body),
      attachments,
      earlier: [],
      reactions: [],
      deleted: false,
      streaming: outgoing.kind === "stream.begin",
    });
    return id;
  };

  const change = (message: Draft, body: Body, text: string): string => {
    message.earlier = [...message.earlier, message.text];
    message.body = body;
    message.text = text;
    return message.id;
  };

  const perform: Partial<
    Record<OperationKind, (outgoing: Outgoing, context: AdapterContext) => string | undefined | Promise<string>>
  > = {
    "message.post": post,
    "message.edit": (outgoing) => change(find(outgoing), outgoing.body, textOf(outgoing.body)),
    "message.delete": (outgoing) => {
      const message = find(outgoing);
      message.deleted = true;
      return message.id;
    },
    "reaction.add": (outgoing) => {
      const message = find(outgoing);
      message.reactions = [...new Set([...message.reactions, String(outgoing.body["emoji"])])];
      return message.id;
    },
    "reaction.remove": (outgoing) => {
      const message = find(outgoing);
      message.reactions = message.reactions.filter((emoji) => emoji !== outgoing.body["emoji"]);
      return message.id;
    },
    "typing.start": () => undefined,
    "stream.begin": post,
    "stream.append": (outgoing) => {
      const message = find(outgoing);
      if (!message.streaming) fail("stream.expired", "the stream is closed.");
      return change(message, message.body, message.text + textOf(outgoing.body));
    },
    "stream.end": (outgoing) => {
      const message = find(outgoing);
      message.streaming = false;
      return change(message, outgoing.body, textOf(outgoing.body));
    },
    "form.open": () => undefined,
  };

  const refuse = (answer: FakeAnswer, { to: { account } }: Outgoing): void => {
    if (answer === "reset") fail("network.failed", "the connection was reset.", { account, retryable: true });
    if (typeof answer === "string") return;
    if ("throws" in answer) throw answer.throws;
    if ("code" in answer) fail(answer.code, `the script says ${answer.code}.`, { account, ...answer });
    if ("status" in answer && answer.status >= 300) {
      const { status, ...options } = answer;
      const code = codes[status] ?? (status >= 500 ? "platform.failed" : "operation.rejected");
      fail(code, `the platform answered ${status}.`, { account, retryable: status === 429 || status >= 500, ...options });
    }
  };

  return {
    record: {
      calls,
      messages,
      texts: (room) => messages.filter(({ to, deleted }) => !deleted && (room ?? to.room) === to.room).map(({ text }) => text),
      get doubles() {
        return messages.length - new Set(messages.map(({ key }) => key)).size;
      },
      script: (...answers) => void script.push(...answers),
      rule: (next) => void (decide = next),
    },
    async send(outgoing, context) {
      const answer = decide?.(outgoing) ?? script.shift() ?? "ok";
      calls.push({ ...outgoing, at: context.clock.now(), answer });
      refuse(answer, outgoing);
      if (answer === "hang") await aborted(context.signal);
      const messageId = answer === "hang" ? undefined : await perform[outgoing.kind]?.(outgoing, context);
      if (answer === "hang" || answer === "lost") {
        fail("network.failed", "no answer came.", { account: outgoing.to.account, retryable: true });
      }
      return { at: context.clock.now(), ...(messageId !== undefined && { messageId }) };
    },
  };
}

const codes: Readonly<Record<number, ErrorCode>> = {
  400: "content.rejected",
  401: "auth.failed",
  403: "auth.failed",
  404: "target.gone",
  429: "rate.limited",
};

function textOf({ text }: Body): string {
  return typeof text === "string" ? text : "";
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
