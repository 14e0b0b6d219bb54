import {
  fakeLogger,
  fakePlatform,
  manualClock,
  type FakePayload,
  type FakePlatform,
  type FakePlatformOptions,
  type ManualClock,
} from "@devflow/conformance";
import { createGateway, type Gateway, type GatewayOptions, type Observation, type Store } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";

/** A gateway in front of fake platforms, on a clock that stands still. */
export interface Rig<S = undefined> {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly fake: FakePlatform;
  readonly gateway: Gateway<readonly [FakePlatform], S>;
  readonly seen: Observation[];
  readonly log: ReturnType<typeof fakeLogger>;
  /** Sends a signed webhook; resolves to the status. */
  hear(payload: FakePayload | readonly FakePayload[]): Promise<number>;
  /** How often a step was observed. */
  count(step: Observation["step"]): number;
}

/** What a {@link rig} can be told; everything has a default. */
export type RigOptions<S = undefined> = Partial<
  Omit<GatewayOptions<readonly [FakePlatform], S>, "adapters" | "store" | "clock">
> & {
  readonly platform?: FakePlatformOptions;
  readonly store?: (clock: ManualClock) => Store;
  readonly clock?: ManualClock;
  readonly fake?: FakePlatform;
  /** Leaves the start to the test. */
  readonly asleep?: boolean;
};

/** Makes a {@link Rig}; it is started. */
export async function rig<S = undefined>(options: RigOptions<S> = {}): Promise<Rig<S>> {
  const { platform, store: openStore, clock = manualClock(), fake = fakePlatform(platform), asleep, observe, ...rest } = options;
  const store = openStore?.(clock) ?? memoryStore({ clock });
  const seen: Observation[] = [];
  const log = fakeLogger();
  const gateway = createGateway<readonly [FakePlatform], S>({
    log,
    ...rest,
    adapters: [fake],
    store,
    clock,
    observe: [...[observe ?? []].flat(), (one) => seen.push(one)],
  });
  if (asleep !== true) await gateway.start();
  return {
    clock,
    store,
    fake,
    gateway,
    seen,
    log,
    hear: async (payload) => (await gateway.fetch(fake.request(payload, { timestamp: clock.now() }))).status,
    count: (step) => seen.filter((one) => one.step === step).length,
  };
}

/** An async source of text that takes `everyMs` of the clock for each piece. */
export async function* words(clock: ManualClock, pieces: readonly string[], everyMs = 300): AsyncGenerator<string> {
  for (const piece of pieces) {
    await new Promise<void>((resolve) => clock.after(everyMs, resolve));
    yield piece;
  }
}

/** A room's worth of numbers. */
export function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Nightly runs are ten times as long. */
export const nightly: boolean = process.env["DEVFLOW_NIGHTLY"] === "1";
