export { canaries, leaks, type Canaries } from "./canary.ts";
export { manualClock, type ManualClock } from "./clock.ts";
export {
  fakeContext,
  fakeSecrets,
  loopbackFetch,
  type FakeContext,
  type FakeContextOptions,
  type FakeSecrets,
} from "./context.ts";
export { everything, fakeLogger, type FakeLogger, type LogRecord } from "./log.ts";
export { fakePlatform, type FakePlatform, type FakePlatformOptions, type FakeRequestOptions } from "./platform/index.ts";
export type { CapabilityChanges } from "./platform/capability.ts";
export type { FakeLine } from "./platform/line.ts";
export { fakePayload, type FakePayload } from "./platform/payload.ts";
export type { FakeAnswer, FakeCall, FakeMessage, FakeRecord } from "./platform/send.ts";
export { rawRequest } from "./platform/webhook.ts";
export { hostileText, processorMs, textBombs } from "./text.ts";
