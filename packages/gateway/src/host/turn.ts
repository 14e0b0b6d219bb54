import type {
  Adapter,
  AdapterContext,
  Address,
  Attachment,
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
import type { Outbox } from "../outbox/index.ts";
import { readAttachment } from "./attachments.ts";
import { emissionJob, type EmitOptions, type Emission } from "./emit.ts";
import type { createFallback } from "./fallback.ts";
import { Sayings } from "./sayings.ts";
import { isStream, target, targets, type Target } from "./target.ts";
import { transcript } from "./transcript.ts";
import type { Context, Doable, Sent } from "./context.ts";

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

/** One run of an event's handlers: the context they get, and what is to be committed when they are done. */
export class Turn<S> implements Context<Event, S> {
  readonly event: Event;
  readonly message: Message | undefined;
  readonly session: S;
  readonly attempt: number;
  readonly #deps: TurnDeps;
  readonly #run: Run;
  readonly #sayings: Sayings;

  /** `taken` are writes that go with the completion, before what the handlers want written. */
  constructor(deps: TurnDeps, event: Event, session: S, run: Run, taken: readonly KvWrite[] = []) {
    this.#deps = deps;
    this.#run = run;
    this.#sayings = new Sayings(deps, event, run, taken);
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
    return this.#sayings.say(async (id) => {
      const { jobs, choices } = await this.#deps.outbox.say(id, to, what, this.event.id);
      this.#sayings.add(jobs, choices.length > 0 ? [this.#deps.fallback.offer(to, choices)] : []);
      return this.#sent(
        to,
        jobs.map((job) => job.id),
      );
    });
  }

  do(operation: Doable, to: Address = this.event.conversation.address): Promise<Sent> {
    return this.#operate(operation, to);
  }

  emit(event: Emission, options: EmitOptions = {}): Promise<string> {
    return this.#sayings.say(async (id) => {
      const { conversation, actor } = this.event;
      const job = emissionJob(event, options, { id, at: this.#deps.clock.now(), conversation, actor });
      this.#sayings.addLast(job);
      return job.id;
    });
  }

  edit(message: Sent | string, what: Sayable): Promise<void> {
    return typeof message === "string"
      ? this.#edit(this.event.conversation.address, message, what)
      : this.#edit(message.to, message.ids, what);
  }

  delete(message: Sent | string): Promise<void> {
    return typeof message === "string"
      ? this.#delete(this.event.conversation.address, message)
      : this.#delete(message.to, message.ids);
  }

  react(emoji: string, message?: Sent | string): Promise<void> {
    return this.#about("reaction.add", emoji, message);
  }

  unreact(emoji: string, message?: Sent | string): Promise<void> {
    return this.#about("reaction.remove", emoji, message);
  }

  async typing(): Promise<void> {
    const to = this.event.conversation.address;
    const { outbox, adapter } = this.#deps;
    try {
      if (adapter(to.platform).capabilities(to).operations["typing.start"] !== "native") return;
      await outbox.direct(`${this.event.id}/typing`, outbox.format({ kind: "typing.start" }, to), this.signal);
    } catch {
      // A courtesy: whoever asked for it has an answer to give.
    }
  }

  open(form: Form): Promise<Receipt> {
    return this.#sayings.say(async (id) => {
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
      return this.#deps.outbox.direct(id, this.#deps.outbox.format({ kind: "form.open", trigger, form }, to), this.signal);
    });
  }

  read(attachment: Attachment, options: { readonly maxBytes?: number } = {}): Promise<Uint8Array> {
    const { platform, account } = this.event.conversation.address;
    const context = this.#deps.context(platform, this.signal);
    return readAttachment(this.#deps.adapter(platform), account, attachment, context, options.maxBytes);
  }

  async history(limit = 20): Promise<readonly Message[]> {
    const address = this.event.conversation.address;
    const { archive } = this.#deps.adapter(address.platform);
    return archive
      ? archive.history(address, { limit }, this.#deps.context(address.platform, this.signal))
      : transcript.read(this.#deps.store, address, limit);
  }

  /** Ends the run: nothing can be said after this. Resolves to what belongs to its completion. */
  finish(): Promise<Effects> {
    return this.#sayings.finish();
  }

  /** Ends a run that failed. What it had said and not yet stored is said by the next one. */
  abandon(): void {
    this.#sayings.abandon();
  }

  #stream(source: AsyncIterable<string>): Promise<Sent> {
    const to = this.event.conversation.address;
    return this.#sayings.say(async (id) => {
      await this.#sayings.store();
      const ids = await this.#deps.outbox.stream(id, to, source, {
        signal: this.#sayings.signal,
        attempt: this.attempt,
        cause: this.event.id,
        recipient: this.event.actor.id,
      });
      return this.#sent(to, ids);
    });
  }

  #sent(to: Address, ids: readonly string[]): Sent {
    return {
      to,
      ids,
      receipt: () => unhurried(this.#receipt(ids)),
      edit: (what) => this.#edit(to, ids, what),
      delete: () => this.#delete(to, ids),
    };
  }

  #operate(operation: Operation, to: Address, about?: Target): Promise<Sent> {
    return this.#sayings.say(async (id) => {
      this.#supported(operation.kind, to);
      const { outbox } = this.#deps;
      const named = about ?? ("messageId" in operation ? { messageId: operation.messageId } : {});
      const job = outbox.job(id, outbox.format(operation, to, named), this.event.id);
      this.#sayings.add([job]);
      return this.#sent(to, [job.id]);
    });
  }

  async #receipt([first]: readonly string[]): Promise<Receipt> {
    if (first === undefined) throw new GatewayError("operation.rejected", "There was nothing to say, so nothing was sent.");
    await this.#sayings.flush();
    return this.#deps.outbox.receipt(first, this.signal);
  }

  #about(kind: "reaction.add" | "reaction.remove", emoji: string, message?: Sent | string): Promise<void> {
    const react = async (): Promise<void> => {
      const about = target(message ?? this.#subject());
      const to = typeof message === "object" ? message.to : this.event.conversation.address;
      await this.#operate({ kind, messageId: about.messageId ?? "", emoji }, to, about);
    };
    return unhurried(react());
  }

  #delete(to: Address, ids: string | readonly string[]): Promise<void> {
    const gone = targets(ids).map((one) => this.#operate({ kind: "message.delete", messageId: one.messageId ?? "" }, to, one));
    return unhurried(Promise.all(gone).then(() => undefined));
  }

  /** Part by part: what there is of both is edited, what is too much is deleted, what is new is posted. */
  #edit(to: Address, ids: string | readonly string[], what: Sayable): Promise<void> {
    return this.#sayings.say(async (id) => {
      this.#supported("message.edit", to);
      const { outbox, fallback } = this.#deps;
      const old = targets(ids);
      const { drafts, choices } = await outbox.revise(to, what);
      const items = [
        ...drafts.map((draft, index) => {
          const one = old[index];
          return one
            ? outbox.format({ kind: "message.edit", messageId: one.messageId ?? "", draft }, to, one)
            : outbox.format({ kind: "message.post", draft }, to);
        }),
        ...old
          .slice(drafts.length)
          .map((one) => outbox.format({ kind: "message.delete", messageId: one.messageId ?? "" }, to, one)),
      ];
      this.#sayings.add(
        items.map((item, index) => outbox.job(`${id}.${index}`, item, this.event.id)),
        choices.length > 0 ? [fallback.offer(to, choices)] : [],
      );
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
    if ((this.#deps.adapter(to.platform).capabilities(to).operations[kind] ?? "none") !== "none") return;
    throw new GatewayError(
      "operation.unsupported",
      `${to.platform} has no ${kind} in ${addressKey(to)}. Its capability table says so; ask it before.`,
      { platform: to.platform, account: to.account },
    );
  }
}

/** A handler need not await what it asks for: its failure then ends the run's saying, which logs it, and not the process. */
function unhurried<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
