import type {
  Adapter,
  Address,
  Attachment,
  Content,
  Conversation,
  Draft,
  Event,
  EventKind,
  EventMap,
  Form,
  Logger,
  Message,
  Operation,
  OperationKind,
  OwnKind,
  QuestionKind,
  QuestionMap,
  Receipt,
  Sayable,
  User,
} from "../contract/index.ts";
import type { EmitOptions, Emission } from "./emit.ts";

/** Which kinds a pattern stands for: `message.created`, `message.*`, `*`, each with `platform:` before it or not. */
export type KindOf<P extends string> = P extends EventKind
  ? P
  : P extends `${string}:${infer Rest}`
    ? KindOf<Rest>
    : P extends `${infer Noun}.*`
      ? Extract<EventKind, `${Noun}.${string}`>
      : EventKind;

/**
 * The events of some kinds that these adapters can give, at one platform or at any; `event.platform` narrows `event.raw`.
 * What the program itself may emit comes from the platform `app` as well.
 */
export type EventFrom<A extends readonly Adapter[], K extends EventKind, At extends string = string> =
  | (A[number] extends infer One
      ? One extends Adapter<infer P, unknown, infer Raw>
        ? [P & At] extends [never]
          ? never
          : Event<K, P & At, Raw>
        : never
      : never)
  | ("app" extends At ? EmittedEvent<K & OwnKind> : never);

type EmittedEvent<K extends OwnKind> = { [Kind in K]: Event<Kind, "app", EventMap[Kind]> }[K];

/** The events that a pattern stands for; with `platform:` before it, those of that platform. */
export type EventOf<A extends readonly Adapter[], Pattern extends string> = Pattern extends `${infer At}:${infer Rest}`
  ? EventFrom<A, KindOf<Rest>, At>
  : EventFrom<A, KindOf<Pattern>>;

/** Operations that a handler asks for by `do`; saying and streaming have verbs of their own. */
export type Doable<K extends OperationKind = OperationKind> = Operation<
  Exclude<K, "message.post" | "message.edit" | `stream.${string}`>
>;

/** Something said, on its way. It is durable at the latest when the handler completes. */
export interface Sent {
  /** Where it was said. */
  readonly to: Address;
  /** Ids of its operations in the outbox, one per message it became; none when there was nothing to say. */
  readonly ids: readonly string[];
  /** Resolves when the platform has the first message, with its id. Rejects when it became a dead letter. */
  receipt(): Promise<Receipt>;
  /** Says something else instead, in the same messages. */
  edit(what: Sayable): Promise<void>;
  delete(): Promise<void>;
}

/** What a handler works with. It belongs to one run: after the handler has ended its verbs reject. */
export interface Context<E extends Event = Event, S = unknown> {
  readonly event: E;
  /** The message, where the event has one. */
  readonly message: E extends { readonly message: infer M } ? M : Message | undefined;
  readonly conversation: Conversation;
  readonly actor: User;
  /** See `GatewayOptions.session`; undefined without that option. Change it in place; it is saved when the handler completes. */
  readonly session: S;
  /** Aborts when this run no longer counts. */
  readonly signal: AbortSignal;
  /** 1 on the first run of this event. */
  readonly attempt: number;
  readonly log: Logger;
  /** Answers in the conversation. A handler that runs again says the same thing once, as long as it speaks in the same order. */
  reply(what: Sayable | AsyncIterable<string>): Promise<Sent>;
  /** Says something elsewhere, on any platform. */
  send(to: Address, what: Sayable): Promise<Sent>;
  /** Any other operation, here or elsewhere. */
  do(operation: Doable, to?: Address): Promise<Sent>;
  /**
   * Says that something has happened, in the same conversation and by the same actor unless said otherwise. It has happened when
   * the handler completes, and not if it fails. Resolves to the event's id.
   */
  emit(event: Emission, options?: EmitOptions): Promise<string>;
  /** Says something else in a message of ours: in what was said in this run, wherever that was, or in one of this conversation by its id. */
  edit(message: Sent | string, what: Sayable): Promise<void>;
  /** Takes a message back, named as for `edit`. */
  delete(message: Sent | string): Promise<void>;
  /** Adds a reaction: to the event's message unless another is named. */
  react(emoji: string, message?: Sent | string): Promise<void>;
  unreact(emoji: string, message?: Sent | string): Promise<void>;
  /** Shows that an answer is coming, where the platform can; never fails. */
  typing(): Promise<void>;
  /** Opens a form for whoever pressed or commanded. Resolves when it is open: the trigger lives for seconds. */
  open(form: Form): Promise<Receipt>;
  /** The bytes of an attachment that came with this event, at most 25 MiB unless `maxBytes` says otherwise. */
  read(attachment: Attachment, options?: { readonly maxBytes?: number }): Promise<Uint8Array>;
  /** What was said here, newest last: from the platform, or from the transcript of the last seven days. */
  history(limit?: number): Promise<readonly Message[]>;
}

/** What runs when an event matches. What it returns is ignored; what it throws is tried again. */
export type Handler<E extends Event = Event, S = unknown> = (context: Context<E, S>) => unknown;

/** Answers a message: returns what to say, a stream of text to show as it grows, or nothing. */
export type Agent<E extends Event = Event, S = unknown> = (
  turn: Context<E, S>,
) =>
  | string
  | Content
  | Draft
  | AsyncIterable<string>
  | undefined
  | void
  | Promise<string | Content | Draft | AsyncIterable<string> | undefined | void>;

/** Answers a question within the platform's request. */
export type Answerer<E extends Event, K extends QuestionKind> = (question: {
  readonly event: E;
  /** Aborts at the platform's deadline; what is returned later has no effect. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}) => QuestionMap[K] | Promise<QuestionMap[K]>;
