import type {
  Adapter,
  AdapterContext,
  Address,
  Clock,
  Conversation,
  Event,
  Form,
  KvWrite,
  Logger,
  Message,
  Operation,
  Receipt,
  Sayable,
  Store,
  User,
} from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { addressKey } from "../kit/address.ts";
import type { Effects, Run } from "../inbox/index.ts";
import type { Outbox, OutboxJob } from "../outbox/index.ts";
import type { createFallback } from "./fallback.ts";
import { isStream, target, targets, type Target } from "./target.ts";
import { transcript } from "./transcript.ts";
import type { Context, Doable, Sent } from "./types.ts";

/** What a turn uses of the host. */
export interface TurnDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly outbox: Outbox;
  readonly fallback: ReturnType<typeof createFallback>;
  readonly adapter: (platform: string) => Adapter;
  readonly context: (platform: string, signal: AbortSignal) => AdapterContext;
}

/** Replies wait this long for the end of their handler, to be committed with it; a handler that goes on is not waited for. */
const flushAfterMs = 20;

/** One run of an event's handlers: the context they get, and what is to be committed when they are done. */
export class Turn<S> implements Context<Event, S> {
  readonly event: Event;
  readonly message: Message | undefined;
  readonly session: S;
  readonly attempt: number;
  readonly #deps: TurnDeps;
  readonly #run: Run;
  #said = 0;
  #jobs: OutboxJob[] = [];
  #kv: KvWrite[] = [];
  #order: Promise<unknown> = Promise.resolve();
  #cancelFlush: (() => void) | undefined;
  #ended = false;

  constructor(deps: TurnDeps, event: Event, session: S, run: Run) {
    this.#deps = deps;
    this.#run = run;
    this.event = event;
    this.message = "message" in event ? event.message : undefined;
    this.session = session;
    this.attempt = run.attempt;
  }

  get conversation(): Conversation {
    return this.event.conversation;
  }
  get actor(): User {
    return this.event.actor;
  }
  get signal(): AbortSignal {
    return this.#run.signal;
  }
  get log(): Logger {
    return this.#deps.log;
  }

  reply(what: Sayable | AsyncIterable<string>): Promise<Sent> {
    return isStream(what) ? this.#stream(what) : this.send(this.event.conversation.address, what);
  }

  send(to: Address, what: Sayable): Promise<Sent> {
    const id = this.#name();
    return this.#inOrder(async () => {
      const { jobs, choices } = await this.#deps.outbox.say(id, to, what, this.event.id);
      if (choices.length > 0) this.#kv.push(this.#deps.fallback.offer(to, choices));
      this.#queue(jobs);
      return this.#sent(
        to,
        jobs.map((job) => job.id),
      );
    });
  }

  do(operation: Doable, to: Address = this.event.conversation.address): Promise<Sent> {
    return this.#operate(operation, to);
  }

  async edit(message: Sent | string, what: Sayable): Promise<void> {
    await this.#edit(this.event.conversation.address, typeof message === "string" ? message : message.ids, what);
  }

  async delete(message: Sent | string): Promise<void> {
    await this.#delete(this.event.conversation.address, typeof message === "string" ? message : message.ids);
  }

  async react(emoji: string, message: Sent | string = this.#subject()): Promise<void> {
    await this.#about("reaction.add", emoji, message);
  }

  async unreact(emoji: string, message: Sent | string = this.#subject()): Promise<void> {
    await this.#about("reaction.remove", emoji, message);
  }

  async typing(): Promise<void> {
    const to = this.event.conversation.address;
    const { outbox, adapter } = this.#deps;
    if (adapter(to.platform).capabilities(to).operations["typing.start"] === "none") return;
    await outbox
      .direct(`${this.event.id}/typing`, outbox.format({ kind: "typing.start" }, to), this.signal)
      .catch(() => undefined);
  }

  open(form: Form): Promise<Receipt> {
    const { event } = this;
    const trigger = "trigger" in event ? event.trigger : undefined;
    const to = event.conversation.address;
    if (trigger === undefined) {
      throw new GatewayError(
        "operation.unsupported",
        `${event.platform}: a form opens only in answer to a button or command that carries a trigger; ${event.kind} has none.`,
        { platform: event.platform },
      );
    }
    this.#supported("form.open", to);
    return this.#deps.outbox.direct(
      this.#name(),
      this.#deps.outbox.format({ kind: "form.open", trigger, form }, to),
      this.signal,
    );
  }

  async history(limit = 20): Promise<readonly Message[]> {
    const address = this.event.conversation.address;
    const { archive } = this.#deps.adapter(address.platform);
    return archive
      ? archive.history(address, { limit }, this.#deps.context(address.platform, this.signal))
      : transcript.read(this.#deps.store, address, limit);
  }

  /** Ends the run: nothing can be said after this. Resolves to what belongs to its completion. */
  async finish(): Promise<Effects> {
    await this.#order;
    this.#ended = true;
    this.#cancelFlush?.();
    return { then: this.#jobs, kv: this.#kv };
  }

  /** Ends a run that failed. What it had said and not yet stored is said by the next one. */
  abandon(): void {
    this.#ended = true;
    this.#cancelFlush?.();
  }

  #name(): string {
    if (this.#ended || this.signal.aborted) {
      throw new GatewayError(
        "gateway.closed",
        `The handler of ${this.event.kind} has ended or lost its time; await what it says before it returns.`,
        { retryable: true },
      );
    }
    return `${this.event.id}/${this.#said++}`;
  }

  /** Sayings leave in the order in which they were said, whether awaited or not. */
  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#order.then(work);
    this.#order = result.catch(() => undefined);
    return result;
  }

  #queue(jobs: readonly OutboxJob[]): void {
    this.#jobs.push(...jobs);
    this.#cancelFlush ??= this.#deps.clock.after(flushAfterMs, () => void this.#inOrder(() => this.#flush()));
  }

  async #flush(): Promise<void> {
    this.#cancelFlush = undefined;
    if (this.#ended || this.signal.aborted || this.#jobs.length === 0) return;
    const jobs = this.#jobs;
    this.#jobs = [];
    try {
      await this.#deps.outbox.enqueue(jobs);
    } catch (error) {
      // Not stored yet: it goes with the completion instead, or fails there.
      this.#jobs = [...jobs, ...this.#jobs];
      this.#deps.log.warn({ error: String(error) }, "replies could not be stored early");
    }
  }

  #stream(source: AsyncIterable<string>): Promise<Sent> {
    const id = this.#name();
    const to = this.event.conversation.address;
    return this.#inOrder(async () => {
      await this.#flush();
      const ids = await this.#deps.outbox.stream(id, to, source, {
        signal: this.signal,
        cause: this.event.id,
        recipient: this.event.actor.id,
      });
      return this.#sent(to, ids);
    });
  }

  #sent(to: Address, ids: readonly string[]): Sent {
    return {
      ids,
      receipt: async () => {
        const [first] = ids;
        if (first === undefined) throw new GatewayError("operation.rejected", "There was nothing to say, so nothing was sent.");
        await this.#inOrder(() => this.#flush());
        return this.#deps.outbox.receipt(first, this.signal);
      },
      edit: (what) => this.#edit(to, ids, what),
      delete: () => this.#delete(to, ids),
    };
  }

  #operate(operation: Operation, to: Address, about?: Target): Promise<Sent> {
    this.#supported(operation.kind, to);
    const id = this.#name();
    return this.#inOrder(async () => {
      const { outbox } = this.#deps;
      const named = about ?? ("messageId" in operation ? { messageId: operation.messageId } : {});
      this.#queue([outbox.job(id, outbox.format(operation, to, named), this.event.id)]);
      return this.#sent(to, [id]);
    });
  }

  async #about(kind: "reaction.add" | "reaction.remove", emoji: string, message: Sent | string): Promise<void> {
    await this.#operate(
      { kind, messageId: typeof message === "string" ? message : "", emoji },
      this.event.conversation.address,
      target(message),
    );
  }

  async #delete(to: Address, ids: string | readonly string[]): Promise<void> {
    for (const one of targets(ids)) await this.#operate({ kind: "message.delete", messageId: one.messageId ?? "" }, to, one);
  }

  /** Part by part: what there is of both is edited, what is too much is deleted, what is new is posted. */
  async #edit(to: Address, ids: string | readonly string[], what: Sayable): Promise<void> {
    this.#supported("message.edit", to);
    const id = this.#name();
    const old = targets(ids);
    await this.#inOrder(async () => {
      const { outbox } = this.#deps;
      const drafts = await outbox.drafts(to, what);
      drafts.forEach((draft, index) => {
        const one = old[index];
        const item = one
          ? outbox.format({ kind: "message.edit", messageId: one.messageId ?? "", draft }, to, one)
          : outbox.format({ kind: "message.post", draft }, to);
        this.#queue([outbox.job(`${id}.${index}`, item, this.event.id)]);
      });
      old.slice(drafts.length).forEach((one, index) => {
        this.#queue([
          outbox.job(
            `${id}.d${index}`,
            outbox.format({ kind: "message.delete", messageId: one.messageId ?? "" }, to, one),
            this.event.id,
          ),
        ]);
      });
    });
  }

  #subject(): string {
    const { event } = this;
    const id = this.message?.id ?? ("messageId" in event ? event.messageId : undefined);
    if (id === undefined)
      throw new GatewayError("operation.unsupported", `${event.kind} is not about a message: name the one to react to.`, {
        platform: event.platform,
      });
    return id;
  }

  #supported(kind: Operation["kind"], to: Address): void {
    if (this.#deps.adapter(to.platform).capabilities(to).operations[kind] !== "none") return;
    throw new GatewayError(
      "operation.unsupported",
      `${to.platform} has no ${kind} in ${addressKey(to)}. Its capability table says so; ask it before.`,
      { platform: to.platform, account: to.account },
    );
  }
}
