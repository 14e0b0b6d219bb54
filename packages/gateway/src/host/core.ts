import { randomUUID } from "node:crypto";
import type { Adapter, Event, Memory, Observer, Queue, RawRequest, Store, WireResponse } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { createInbox, inboxDefaults, inboxJob } from "../inbox/index.ts";
import { failureOf } from "../kit/failure.ts";
import { consoleLog } from "../kit/log.ts";
import { keepProcess, sleep, systemClock } from "../kit/time.ts";
import { memoryStore } from "../memory/index.ts";
import { createOutbox, outboxDefaults, type Outbox } from "../outbox/index.ts";
import { ownPlatform, Router } from "../router/index.ts";
import { checkAdapters } from "./check.ts";
import { createDialer, type Line } from "./dial.ts";
import { emission, ownEvents, type EmitOptions, type Emission } from "./emit.ts";
import { environmentSecrets, processEnvironment } from "./environment.ts";
import { createFallback } from "./fallback.ts";
import { lightFetch } from "./fetch.ts";
import { createHandle, createIdentities } from "./handle.ts";
import { createIngress, later, type Ingress, type QuestionContext } from "./ingress.ts";
import { logObserver } from "./log.ts";
import { transcript } from "./transcript.ts";
import type { Context } from "./context.ts";
import type { GatewayOptions } from "./options.ts";
import { createWorld, memoryOf } from "./world.ts";

/** The parts of a gateway, put together, and their life. */
export interface Core<S> {
  readonly store: Store;
  readonly log: NonNullable<GatewayOptions["log"]>;
  readonly clock: NonNullable<GatewayOptions["clock"]>;
  readonly router: Router<Context<Event, S>>;
  readonly answers: Router<QuestionContext>;
  readonly fallback: ReturnType<typeof createFallback>;
  readonly outbox: Outbox;
  readonly ingress: Ingress;
  /** Starts what is not started, and takes a webhook. A gateway that cannot start tells the platform to come back. */
  receive(request: RawRequest): Promise<WireResponse | undefined>;
  emit(event: Emission, options?: EmitOptions): Promise<string>;
  readonly memory: Memory;
  readonly maxBodyBytes: number;
  /** Aborts when the gateway stops. */
  readonly stopping: AbortSignal;
  readonly context: ReturnType<typeof createWorld>["context"];
  readonly identity: ReturnType<typeof createIdentities>;
  adapter(platform: string): Adapter;
  queues(): readonly Queue[];
  lines(): readonly Line[];
  open(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
  drain(): Promise<void>;
}

/** A call to a platform that is under way gets this long even when the time to stop is up: broken off, it might be made twice. */
const leastMs = 1000;

/** Builds the parts from the options. Opens nothing. */
export function assemble<S>(options: GatewayOptions<readonly Adapter[], S>): Core<S> {
  const adapters = checkAdapters(options?.adapters);
  const clock = options.clock ?? systemClock;
  const store = options.store ?? memoryStore({ clock });
  const log = options.log ?? consoleLog;
  const environment = options.environment ?? processEnvironment();
  const secrets = options.secrets ?? environmentSecrets(environment);
  const stopping = new AbortController();
  const { context, blobs } = createWorld({
    store,
    clock,
    log,
    fetch: options.fetch ?? lightFetch,
    privateNetworks: options.privateNetworks ?? false,
    secrets,
    environment,
  });
  const observe = fanOut([logObserver(log), ...[options.observe ?? []].flat()]);
  let state: "new" | "open" | "closed" = "new";

  const adapter = (platform: string): Adapter => {
    const found = adapters.get(platform);
    if (found) return found;
    if (platform === ownPlatform)
      throw new GatewayError(
        "operation.unsupported",
        "This event was emitted without a conversation, so there is no place to speak in. Emit it with one, or use c.send(address, …).",
      );
    throw new GatewayError(
      "options.invalid",
      `No adapter for "${platform}" is installed; ${[...adapters.keys()].join(", ") || "none"} is. Hand it to createGateway({ adapters }).`,
    );
  };
  const keepsTranscript = (platform: string): boolean =>
    options.transcript !== false && platform !== ownPlatform && !adapter(platform).archive;

  const router = new Router<Context<Event, S>>();
  const answers = new Router<QuestionContext>();
  const fallback = createFallback(store, clock);
  const outbox = createOutbox({
    adapters: options.adapters,
    adapter,
    store,
    clock,
    observe,
    blobs,
    context,
    options: { ...outboxDefaults, ...options.outbox, queue: { ...outboxDefaults.queue, ...options.outbox?.queue } },
    limits(one, operation) {
      const defaults = one.limits(operation.kind, operation.to);
      return options.limits ? options.limits(operation, defaults) : defaults;
    },
    record: (item, receipt, about) => (keepsTranscript(item.to.platform) ? transcript.said(item, receipt, about) : []),
  });
  const handle = createHandle<S>({
    store,
    clock,
    log,
    observe,
    outbox,
    fallback,
    adapter,
    context,
    router,
    options,
    keepsTranscript,
  });
  const identity = createIdentities({ adapter, context, clock }, stopping.signal);
  const inbox = createInbox({
    store,
    clock,
    observe,
    adapter: (platform) => (platform === ownPlatform ? ownEvents : adapter(platform)),
    identity,
    handle,
    stopping: stopping.signal,
    options: { ...inboxDefaults, ...options.inbox, queue: { ...inboxDefaults.queue, ...options.inbox?.queue } },
  });
  const maxBodyBytes = options.webhook?.maxBodyBytes ?? 1_048_576;
  const budgetMs = options.webhook?.budgetMs ?? 2500;
  const open = (): boolean => state === "open";
  const ingress = createIngress({
    adapters,
    inbox,
    clock,
    observe,
    answers,
    context,
    maxBodyBytes,
    budgetMs,
    open,
    signal: stopping.signal,
  });
  const dialer = createDialer({ store, clock, observe, holder: randomUUID(), context, sink: ingress.sink });
  const queues = (): readonly Queue[] => [...inbox.queues(), ...outbox.queues()];

  const boot = async (): Promise<void> => {
    if (state === "closed") throw new GatewayError("gateway.closed", "This gateway was stopped. Make another.");
    await store.migrate();
    await fallback.load();
    await outbox.start();
    inbox.start();
    state = "open";
    dialer.start(options.adapters);
    observe({ step: "gateway.started", level: "info", at: clock.now() });
  };
  let starting: Promise<void> | undefined;
  const start = (): Promise<void> =>
    (starting ??= boot().catch((error: unknown) => {
      // What failed at boot may work at the next request: nothing about a failure is final.
      starting = undefined;
      throw error;
    }));

  const shutDown = async (): Promise<void> => {
    // The clock's timers keep no process alive; a stop under way must, or a handler would be cut off before its grace is over.
    const done = keepProcess();
    try {
      await starting?.catch(() => undefined);
      state = "closed";
      stopping.abort();
      const until = clock.now() + (options.graceMs ?? 10_000);
      const left = (): number => Math.max(0, until - clock.now());
      await dialer.stop(left());
      await inbox.stop(left());
      // What the last handlers said goes out, as long as there is time; the rest waits in the store.
      const enough = new AbortController();
      await Promise.race([outbox.idle(), sleep(clock, left(), enough.signal)]);
      enough.abort();
      await outbox.stop(Math.max(left(), leastMs));
      await store.close();
      observe({ step: "gateway.stopped", level: "info", at: clock.now() });
    } finally {
      done();
    }
  };
  let stopped: Promise<void> | undefined;

  return {
    store,
    log,
    clock,
    router,
    answers,
    fallback,
    outbox,
    ingress,
    maxBodyBytes,
    context,
    identity,
    adapter,
    queues,
    open,
    start,
    stopping: stopping.signal,
    lines: dialer.lines,
    async receive(request) {
      try {
        await start();
      } catch (error) {
        observe({ step: "webhook.refused", level: "error", at: clock.now(), status: later.status, ...failureOf(error) });
        return later;
      }
      return ingress.webhook(request);
    },
    async emit(event, how = {}) {
      const delivery = emission(event, how, { id: randomUUID(), at: clock.now() });
      await start();
      await inbox.accept(ownPlatform, [delivery]);
      return inboxJob(ownPlatform, delivery).id;
    },
    memory: memoryOf(store, "app/", start),
    stop: () => (stopped ??= shutDown()),
    async drain() {
      await start();
      // What is handled ends up in the outbox, and nothing goes the other way.
      await inbox.idle();
      await outbox.idle();
    },
  };
}

/** Observers are guests: one that throws, or rejects, disturbs neither the others nor the work. */
function fanOut(observers: readonly Observer[]): Observer {
  return (observation) => {
    for (const observer of observers) {
      try {
        // An async function passes for an observer, and nobody awaits it.
        const observed: unknown = observer(observation);
        if (observed instanceof Promise) observed.catch(() => undefined);
      } catch {
        // Nobody is left to tell.
      }
    }
  };
}
