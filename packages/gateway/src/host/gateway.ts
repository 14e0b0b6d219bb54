import { randomUUID } from "node:crypto";
import type {
  Adapter,
  AdapterContext,
  Address,
  Event,
  Operation,
  QuestionKind,
  QuestionMap,
  QueueStats,
  Work,
} from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { failureOf } from "../kit/failure.ts";
import type { Match } from "../router/index.ts";
import type { AdapterHandle, Gateway, Health, Named } from "./api.ts";
import { assemble, type Core } from "./core.ts";
import { deadLetters } from "./letters.ts";
import { readFetch } from "./request.ts";
import type { Context, Handler } from "./context.ts";
import type { GatewayOptions } from "./options.ts";

/** Makes a gateway. Nothing is opened or sent before it is started. */
export function createGateway<const A extends readonly Adapter[], S = undefined>(options: GatewayOptions<A, S>): Gateway<A, S> {
  const core = assemble<S>(options);
  const { store, router, answers, outbox, fallback, ingress, clock, start } = core;

  const siteOf = (pathname: string): Adapter | undefined =>
    options.adapters.find(
      ({ site }) =>
        site && (pathname === site.path || pathname.startsWith(site.path.endsWith("/") ? site.path : `${site.path}/`)),
    );
  const listen = (
    kinds: string | readonly string[],
    match: Match,
    handler: Handler<never, S>,
    exclusive = false,
  ): Gateway<A, S> => {
    router.add(kinds, match, handler as (context: Context<Event, S>) => unknown, exclusive);
    return gateway;
  };

  const gateway: Gateway<A, S> = {
    use(middleware) {
      router.use(middleware);
      return gateway;
    },
    on: (kinds: string | readonly string[], ...rest: readonly [Handler<never, S>] | readonly [Match, Handler<never, S>]) =>
      rest.length === 1 ? listen(kinds, {}, rest[0]) : listen(kinds, rest[0], rest[1]),
    command: (name, handler) => listen("command.invoked", { command: name }, handler),
    action: (id, handler) => listen("action.invoked", { action: id }, handler),
    form: (id, handler) => listen("form.submitted", { form: id }, handler),
    route: (match = {}) => ({
      to(agent) {
        if (typeof agent !== "function")
          throw new GatewayError("options.invalid", "The agent of a route is no function: route(…).to((turn) => …).");
        const handler = async (context: Parameters<typeof agent>[0]): Promise<void> => {
          const said = await agent(context);
          if (said !== undefined) await context.reply(said);
        };
        return listen("message.created", match, handler, true);
      },
    }),
    answer(kind: QuestionKind, ...rest: readonly unknown[]) {
      const match = (rest.length === 1 ? {} : rest[0]) as Match;
      const answerer = rest.at(-1) as (question: object) => QuestionMap[QuestionKind] | Promise<QuestionMap[QuestionKind]>;
      answers.add(
        kind,
        match,
        async (context) => (context.answer = await answerer({ event: context.event, signal: context.signal, log: core.log })),
        true,
      );
      return gateway;
    },
    async send(to, what, { id = randomUUID() } = {}) {
      await start();
      const { jobs, choices } = await outbox.say(id, to, what);
      if (choices.length > 0) {
        const { key, value, ttlMs } = fallback.offer(to, choices);
        if (value) await store.kv.set(key, value, ttlMs === undefined ? {} : { ttlMs });
      }
      await outbox.enqueue(jobs);
      return jobs.map((job) => job.id);
    },
    emit: core.emit,
    receipt: (id) => outbox.receipt(id, core.stopping),
    // The handle is made for every adapter alike; its type is that of the adapter asked for.
    adapter: (platform) => handleOf(core, platform) as unknown as AdapterHandle<Named<A, typeof platform>>,
    deadLetters: deadLetters(core.queues, outbox.revive),
    memory: core.memory,
    maxBodyBytes: core.maxBodyBytes,
    receive: (request) => core.receive(request),
    serves: (pathname) => siteOf(pathname) !== undefined || /\/webhooks\/[^/]+$/.test(pathname),
    async fetch(request, { waitUntil } = {}) {
      const owner = siteOf(new URL(request.url).pathname);
      if (owner?.site) {
        await start();
        return owner.site.fetch(request, ingress.sink(owner.platform), core.context(owner.platform, request.signal));
      }
      if ((request.headers.get("content-encoding") ?? "identity") !== "identity") return new Response(null, { status: 415 });
      const raw = await readFetch(request, core.maxBodyBytes, () => clock.now());
      const answer = await gateway.receive(raw);
      if (!answer) return new Response("not found", { status: 404 });
      waitUntil?.(core.drain());
      const { status, headers = {}, body = null } = answer;
      return new Response(body, { status, headers });
    },
    start,
    stop: core.stop,
    drain: core.drain,
    health: () => health(core),
    async setup({ url, commands = [] }) {
      await start();
      const prepare = async ({ platform, setup }: Adapter): Promise<readonly string[]> => {
        const lines =
          (await setup?.setup({ ...(url === undefined ? {} : { url }), commands }, core.context(platform, core.stopping))) ?? [];
        return lines.map((line) => `${platform}: ${line}`);
      };
      return (await Promise.all(options.adapters.map(prepare))).flat();
    },
  };
  return gateway;
}

function handleOf<S>(core: Core<S>, platform: string) {
  const { outbox } = core;
  const adapter = core.adapter(platform);
  const context = (): AdapterContext => core.context(platform, core.stopping);
  return {
    client: (account: string) => adapter.client(account, context()),
    identify: (account: string) => core.identity(platform, account),
    capabilities: (address?: Address) => adapter.capabilities(address),
    work: adapter.work && readWork(adapter.work, context),
    async do(operation: Operation, to: Address) {
      await core.start();
      const id = randomUUID();
      const target = "messageId" in operation ? { messageId: operation.messageId } : {};
      await outbox.enqueue([outbox.job(id, outbox.format(operation, to, target))]);
      return id;
    },
  };
}

function readWork(work: Work, context: () => AdapterContext): AdapterHandle<Adapter & { readonly work: Work }>["work"] {
  return {
    get: (address) => work.get(address, context()),
    list: (project, query) => work.list(project, query, context()),
    search: (query, account) => work.search(query, account, context()),
    users: (query, project) => work.users(query, project, context()),
    pipeline: (id, project) => work.pipeline?.(id, project, context()) ?? Promise.resolve(undefined),
  };
}

async function health<S>(core: Core<S>): Promise<Health> {
  const unwell = (error: unknown): Health["store"] => ({ ok: false, latencyMs: 0, detail: failureOf(error).detail });
  let store: Health["store"] = await core.store.health().catch(unwell);
  const ask = async (): Promise<readonly (readonly [string, QueueStats])[]> =>
    Promise.all(core.queues().map(async (queue) => [queue.name, await queue.stats()] as const));
  const stats = store.ok ? await ask().catch((error: unknown) => ((store = unwell(error)), [])) : [];
  const connections = core.lines();
  const breakers = [...core.outbox.breakers()].filter(([, breaker]) => breaker.open).map(([name]) => name);
  const ok = core.open() && store.ok && !connections.some((line) => line.state === "down");
  return { ok, store, queues: Object.fromEntries(stats), connections, breakers };
}
