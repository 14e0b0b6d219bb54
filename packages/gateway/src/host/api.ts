import type {
  Adapter,
  Address,
  AdapterContext,
  Capabilities,
  Event,
  EventKind,
  Identity,
  Memory,
  QuestionKind,
  RawRequest,
  Receipt,
  Sayable,
  WireResponse,
  Work,
} from "../contract/index.ts";
import type { Match, Middleware } from "../router/index.ts";
import type { Line } from "./dial.ts";
import type { EmitOptions, Emission } from "./emit.ts";
import type { DeadLetters } from "./letters.ts";
import type { Agent, Answerer, Context, Doable, EventFrom, EventOf, Handler } from "./context.ts";

/** One adapter, with the gateway's world in its hands. */
export interface AdapterHandle<T extends Adapter> {
  /** The platform's own SDK for an account. */
  client(account: string): ReturnType<T["client"]>;
  identify(account: string): Promise<Identity>;
  capabilities(address?: Address): Capabilities;
  /** Reads issues, changes and runs, where the platform has them. An adapter whose type does not promise it may have it or not. */
  readonly work: T extends { readonly work: infer W extends Work } ? Bound<W> : Bound<Work> | undefined;
  /** An operation outside any handler; those that the platform's table calls `none` do not compile. */
  do(operation: Doable<OperationsOf<T>>, to: Address): Promise<string>;
}

/** A role whose context is handed in by the gateway. */
type Bound<R> = {
  readonly [M in keyof R]: NonNullable<R[M]> extends (...args: [...infer Args, AdapterContext]) => infer Result
    ? (...args: Args) => Result
    : never;
};
type OperationsOf<T extends Adapter> = NonNullable<T["types"]>["operations"];
/** The adapter of that platform among those handed in. */
export type Named<A extends readonly Adapter[], P extends string> = Extract<A[number], { readonly platform: P }>;
type Pattern = EventKind | "*" | `${string}.*` | `${string}:${string}`;
type Handles<A extends readonly Adapter[], P extends string, S> = Handler<EventOf<A, P>, S>;

/** State of a gateway, for a health check. */
export interface Health {
  readonly ok: boolean;
  readonly store: { readonly ok: boolean; readonly latencyMs: number; readonly detail?: string };
  readonly queues: Readonly<
    Record<
      string,
      {
        readonly ready: number;
        readonly leased: number;
        readonly delayed: number;
        readonly dead: number;
        readonly oldestReadyAgeMs: number;
      }
    >
  >;
  readonly connections: readonly Line[];
  /** Platform accounts that are not called for now. */
  readonly breakers: readonly string[];
}

/** One program in front of every platform its adapters know. */
export interface Gateway<A extends readonly Adapter[] = readonly Adapter[], S = unknown> {
  /** Runs around all handlers of every event. */
  use(middleware: Middleware<Context<Event, S>>): this;
  /** Listens: every listener that matches runs, in order of registration. */
  on<P extends Pattern>(kinds: P | readonly P[], handler: Handles<A, P, S>): this;
  on<P extends Pattern>(kinds: P | readonly P[], match: Match, handler: Handles<A, P, S>): this;
  /** Listens to commands, by names without their slash or prefix; what follows the name is `c.event.args`. */
  command(name: string | readonly string[], handler: Handler<EventFrom<A, "command.invoked">, S>): this;
  /** Listens to pressed buttons and chosen options, by the `id` of the button or menu. */
  action(id: string | readonly string[], handler: Handler<EventFrom<A, "action.invoked">, S>): this;
  /** Listens to submitted forms, by the `id` they were opened with. */
  form(id: string | readonly string[], handler: Handler<EventFrom<A, "form.submitted">, S>): this;
  /** Hands messages over to an agent; of all routes that match, only the first runs. */
  route(match?: Match): { to(agent: Agent<EventFrom<A, "message.created">, S>): Gateway<A, S> };
  /** Answers within the platform's own request: errors of a form, options of a select. The first that matches answers. */
  answer<K extends QuestionKind>(kind: K, handler: Answerer<EventFrom<A, K>, K>): this;
  answer<K extends QuestionKind>(kind: K, match: Match, handler: Answerer<EventFrom<A, K>, K>): this;

  /** Says something, to anybody, at any time. Durable once resolved; the same `id` says it once. Resolves to the operations' ids. */
  send(to: Address, what: Sayable, options?: { readonly id?: string }): Promise<readonly string[]>;
  /**
   * Says that something has happened in the program itself. Durable once resolved, to the event's id; handled as everything else
   * is, from the platform `app`. Kinds are declared by merging into `EventMap`. Rejects with `store.full` and `store.unavailable`.
   */
  emit(event: Emission, options?: EmitOptions): Promise<string>;
  /** Resolves when an operation was sent; rejects when it is dead. */
  receipt(id: string): Promise<Receipt>;
  /** One platform's own side: its SDK, its table, its reading role. */
  adapter<P extends A[number]["platform"]>(platform: P): AdapterHandle<Named<A, P>>;
  readonly deadLetters: DeadLetters;
  /** Small state of the program itself, in the store: what is no conversation's or user's session. */
  readonly memory: Memory;

  /** The whole HTTP side for servers that speak Fetch. With `waitUntil`, what was accepted is handled before the host may sleep. */
  fetch(request: Request, options?: { readonly waitUntil?: (work: Promise<unknown>) => void }): Promise<Response>;
  /** The webhook side alone, without Fetch's objects: undefined when the path is no webhook. For servers of your own. */
  receive(request: RawRequest): Promise<WireResponse | undefined>;
  /** Whether a path belongs to the gateway: a webhook, or a page of an adapter. */
  serves(pathname: string): boolean;
  /** Longest body that `receive` takes. */
  readonly maxBodyBytes: number;

  /** Opens the store, starts the workers and dials the connections. Called by whatever receives first. */
  start(): Promise<void>;
  /** Takes nothing more, lets running handlers end, gives the rest back, closes the store. */
  stop(): Promise<void>;
  /** Resolves when nothing is left that could be done now. */
  drain(): Promise<void>;
  /** For probes: `ok` is false while the gateway is not open, its store does not answer, or a line is down. */
  health(): Promise<Health>;
  /** Prepares the platforms: webhooks at `<url>/webhooks/<platform>`, commands. Returns what was done, a line each. */
  setup(options: {
    readonly url?: string;
    readonly commands?: readonly { readonly name: string; readonly description: string }[];
  }): Promise<readonly string[]>;
}
