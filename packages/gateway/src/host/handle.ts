import type { Event, Identity, Observer, Store } from "../contract/index.ts";
import { addressKey } from "../kit/address.ts";
import { storeKey } from "../kit/key.ts";
import type { Effects, RunDeps } from "../inbox/index.ts";
import { isEcho, ownPlatform, type Router } from "../router/index.ts";
import { openSession } from "./session.ts";
import { transcript } from "./transcript.ts";
import { Turn, type TurnDeps } from "./turn.ts";
import type { Context } from "./context.ts";
import type { GatewayOptions } from "./options.ts";

export interface HandleDeps<S> extends TurnDeps {
  readonly router: Router<Context<Event, S>>;
  readonly observe: Observer;
  readonly options: Pick<GatewayOptions<readonly [], S>, "session" | "perUser" | "perBot">;
  readonly keepsTranscript: (platform: string) => boolean;
}

const perBotDefault = { rate: 10, periodMs: 60_000, burst: 10 };

/** Decides whether an event reaches handlers, runs them, and collects what their completion commits. */
export function createHandle<S>(deps: HandleDeps<S>): RunDeps["handle"] {
  const { store, router, options, observe, clock } = deps;

  return async (original, run) => {
    const skip = (code: string, event = original): void =>
      observe({
        step: "event.skipped",
        level: code === "self" ? "debug" : "warn",
        at: clock.now(),
        platform: event.platform,
        account: event.account,
        conversation: addressKey(event.conversation.address),
        id: event.id,
        kind: event.kind,
        code,
      });

    const echo = isEcho(original);
    if (echo && router.find(original).length === 0) {
      skip("self");
      return { then: [], kv: [] };
    }
    if (run.attempt === 1 && run.first) {
      const verdict = await admit(store, original, options);
      if (verdict === "loop") {
        skip("loop");
        return { then: [], kv: [] };
      }
      if (verdict > 0) return { busyMs: verdict };
    }
    const chosen = echo ? undefined : await deps.fallback.read(original);
    const event = chosen?.event ?? original;
    const heard = !echo && deps.keepsTranscript(event.platform) ? transcript.heard(original) : [];
    const handlers = router.find(event);
    if (handlers.length === 0) {
      observe({
        step: "event.unrouted",
        level: "debug",
        at: clock.now(),
        platform: event.platform,
        account: event.account,
        id: event.id,
        kind: event.kind,
      });
      return { then: [], kv: [...heard, ...(chosen?.kv ?? [])] };
    }
    const session = options.session && (await openSession(store, options.session, event, run.pending));
    const turn = new Turn<S>(deps, event, session?.value as S, run, chosen?.kv);
    try {
      await router.run(turn, handlers);
      const effects: Effects = await turn.finish();
      const saved = session?.write();
      effects.kv.push(...heard, ...(saved ? [saved] : []));
      return effects;
    } catch (error) {
      turn.abandon();
      throw error;
    }
  };
}

/** Zero: go on. `loop`: two bots are talking to each other. Otherwise how long this person has to wait. */
async function admit(store: Store, event: Event, options: HandleDeps<unknown>["options"]): Promise<number | "loop"> {
  if (event.actor.kind === "bot" && event.kind === "message.created") {
    const { ok } = await store.limiter.take([
      { key: storeKey(`loop/${addressKey(event.conversation.address)}`), ...(options.perBot ?? perBotDefault) },
    ]);
    if (!ok) return "loop";
  }
  // What the program emits on behalf of a person is not asked for by that person again.
  if (!options.perUser || event.actor.kind !== "person" || event.platform === ownPlatform) return 0;
  const { ok, retryAfterMs } = await store.limiter.take([
    { key: storeKey(`user/${event.platform}/${event.account}/${event.actor.id}`), ...options.perUser },
  ]);
  return ok ? 0 : retryAfterMs;
}

/** A failure to learn who we are counts this long, so that a thousand waiting conversations do not ask a thousand times. */
const failureMs = 1000;

/** Asks each account once who we are there. A failure is soon forgotten: a later event asks again. */
export function createIdentities(
  deps: Pick<TurnDeps, "adapter" | "context" | "clock">,
  signal: AbortSignal,
): (platform: string, account: string) => Promise<Identity> {
  const known = new Map<string, Promise<Identity>>();
  return (platform, account) => {
    const key = `${platform}/${account}`;
    let identity = known.get(key);
    if (!identity) {
      identity = deps.adapter(platform).identify(account, deps.context(platform, signal));
      known.set(key, identity);
      identity.catch(() => deps.clock.after(failureMs, () => known.delete(key)));
    }
    return identity;
  };
}
