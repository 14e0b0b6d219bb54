import {
  fakeLogger,
  fakePlatform,
  manualClock,
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
  hear(payload: Parameters<FakePlatform["request"]>[0]): Promise<number>;
  /** How often a step was observed. */
  count(step: Observation["step"]): number;
}

/** Makes a {@link Rig}; it is started. */
export async function rig<S = undefined>(
  options: Partial<Omit<GatewayOptions<readonly [FakePlatform], S>, "adapters" | "store" | "clock">> & {
    readonly platform?: FakePlatformOptions;
    readonly store?: (clock: ManualClock) => Store;
    readonly clock?: ManualClock;
    readonly fake?: FakePlatform;
  } = {},
): Promise<Rig<S>> {
  const { platform, store: openStore, clock = manualClock(), fake = fakePlatform(platform), ...rest } = options;
  const store = openStore?.(clock) ?? memoryStore({ clock });
  const seen: Observation[] = [];
  const log = fakeLogger();
  const gateway = createGateway<readonly [FakePlatform], S>({
    ...rest,
    adapters: [fake],
    store,
    clock,
    log,
    observe: (one) => seen.push(one),
  });
  await gateway.start();
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
