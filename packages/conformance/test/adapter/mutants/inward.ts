import type { Delivery, Verdict } from "@devflow/gateway/contract";
import { delivering, events, normalizing, receiving, table, verifying, type Mutant } from "./mutant.ts";

const proven: Verdict = { proven: true };
const refused: Verdict = { proven: false, reason: "no" };
let calls = 0;

/** What is wrong in what an adapter is, or takes in. */
export const inward: readonly Mutant[] = [
  ["another contract", "A-1", () => ({ contract: 2 as 1 })],
  ["no way in", "A-2", () => ({ transports: {} })],
  ["a table without spoilers", "A-3", (one) => table(one, { nodes: { ...one.capabilities().nodes, spoiler: undefined } })],
  ["a limit of zero", "A-4", (one) => table(one, { text: { limit: 0, editLimit: 1, unit: "byte" } })],
  [
    "a table that changes",
    "A-5",
    (one) => ({ capabilities: () => ({ ...one.capabilities(), stream: { intervalMs: ++calls } }) }),
  ],
  ["a bucket without a platform", "A-6", () => ({ limits: () => [{ key: "all", rate: 1, periodMs: 1, burst: 1 }] })],
  ["a bucket of all accounts", "A-7", () => ({ limits: () => [{ key: "fake/main", rate: 1, periodMs: 1, burst: 1 }] })],

  ["a verifier that believes nobody", "A-10", verifying(() => refused)],
  ["a verifier that believes everybody", "A-11", verifying(() => proven)],
  [
    "a verifier that looks at the form of a proof",
    "A-12",
    verifying((_, request) => (/^[0-9a-f]{64}$/.test(request.header("x-fake-signature") ?? "") ? proven : refused)),
  ],
  [
    "a verifier that needs no header",
    "A-13",
    verifying((right, request, context) => (request.header("x-fake-signature") === undefined ? proven : right(request, context))),
  ],
  [
    "a verifier that does not look at the clock",
    "A-14",
    verifying((right, request, context) =>
      right({ ...request, receivedAt: Number(request.header("x-fake-timestamp")) }, context),
    ),
  ],
  [
    "a verifier that parses first",
    "A-15",
    verifying((right, request, context) => {
      JSON.parse(new TextDecoder().decode(request.body));
      return right(request, context);
    }),
  ],
  [
    "a verifier that shows its secret",
    "A-16",
    verifying(async (right, request, context) => {
      const verdict = await right(request, context);
      const reason = `expected a proof by ${(await context.secret("SIGNING_SECRET"))?.expose()}`;
      return "proven" in verdict && !verdict.proven ? { proven: false, reason } : verdict;
    }),
  ],

  ["deliveries without a lane", "A-20", delivering(() => ({ lane: "" }))],
  ["deliveries numbered as they come", "A-21", delivering(() => ({ id: String(++calls) }))],
  [
    "a parser's own errors",
    "A-22",
    receiving((right, request, context) => {
      JSON.parse(new TextDecoder().decode(request.body));
      return right(request, context);
    }),
  ],
  [
    "a body that must be an object",
    "A-23",
    receiving((right, request, context) => {
      void (JSON.parse(new TextDecoder().decode(request.body)) as { type: string }).type.length;
      return right(request, context);
    }),
  ],

  ["a normalizer that forgets the second event", "A-30", normalizing((right, ...args) => right(...args).slice(0, 1))],
  ["a time by the clock of this machine", "A-31", events(() => ({ at: Date.UTC(2026, 0, 1) + ++calls }))],
  [
    "a normalizer that remembers what it received",
    "A-32",
    (adapter) => {
      const seen = new WeakSet<object>();
      const knows = ({ payload }: Delivery): boolean => seen.has(payload as object);
      return {
        ...delivering(({ payload }) => ({ seen: seen.add(payload as object) !== undefined }))(adapter, ""),
        ...normalizing((right, deliveries, identity) => right(deliveries.filter(knows), identity))(adapter, ""),
      };
    },
  ],
  ["a date as time", "A-33", events(() => ({ at: new Date(0) }))],
  ["an id by chance", "A-34", events(() => ({ id: `x${++calls}` }))],
  ["seconds as time", "A-35", events(() => ({ at: 1_767_225_600 }))],
  [
    "a normalizer that trusts its payload",
    "A-36",
    normalizing((right, deliveries, identity) => {
      for (const { payload } of deliveries) void (payload as { id: string }).id.length;
      return right(deliveries, identity);
    }),
  ],
  ["our own messages as another's", "A-38", events((event) => ({ actor: { ...event.actor, self: false } }))],
  ["messages without an id", "A-39", events((event) => ("message" in event ? { message: { ...event.message, id: "" } } : {}))],
];
