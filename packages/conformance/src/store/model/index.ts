import * as fc from "fast-check";
import type { QueueOptions } from "@devflow/gateway/contract";
import { queueDefaults, type StoreStatement, type StoreSubject } from "../subject.ts";
import { compare, steps, type Model, type Real } from "./commands.ts";
import { Reference } from "./reference.ts";
import { checkValues } from "./values.ts";

const queueOptions: fc.Arbitrary<QueueOptions> = fc
  .record({
    onRetry: fc.constantFrom("block" as const, "yield" as const),
    onDead: fc.constantFrom("continue" as const, "halt" as const),
    maxAttempts: fc.integer({ min: 1, max: 3 }),
    maxCrashes: fc.integer({ min: 1, max: 3 }),
    maxDepth: fc.constantFrom(6, 100, 100),
    maxLaneDepth: fc.constantFrom(2, 3, 100),
  })
  .map((some) => ({ ...queueDefaults, dedupeTtlMs: 500, ...some }));

/** All of a queue at once: any sequence of calls does what the reference does. */
export const modelStatements: readonly StoreStatement[] = [
  {
    id: "Q-1",
    says: "any sequence of calls has the outcome of the reference (DEVFLOW_MODEL_RUNS, DEVFLOW_MODEL_COMMANDS)",
    waived: ({ ownClock }) => (ownClock === true ? "needs a clock that stands still between calls" : undefined),
    async check(subject) {
      const { numRuns, maxCommands } = effort(subject);
      const durable = subject.options.caps.durable !== "none";
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(queueOptions, fc.commands(steps(durable), { maxCommands, size: "max" }), async (options, commands) => {
          // A queue of its own for each run, on one store: opening one costs more than a run.
          const name = `run-${(runs += 1)}`;
          const setup = async (): Promise<{ model: Model; real: Real }> => ({
            model: { reference: new Reference(options, await subject.store.now()), claims: [] },
            real: {
              queue: subject.queue(options, name),
              claims: [],
              advance: subject.advance,
              async reopen() {
                await subject.reopen();
                return subject.queue(options, name);
              },
            },
          });
          const made = await setup();
          await fc.asyncModelRun(() => made, commands);
          await compare(made.model.reference, made.real.queue);
        }),
        { numRuns },
      );
    },
  },
  {
    id: "Q-2",
    says: "any sequence of calls on values has the outcome of a map",
    waived: ({ ownClock }) => (ownClock === true ? "needs a clock that stands still between calls" : undefined),
    async check(subject) {
      const { numRuns, maxCommands } = effort(subject);
      await checkValues(subject, Math.ceil(numRuns / 4), maxCommands);
    },
  },
];

function effort({ options }: StoreSubject): { readonly numRuns: number; readonly maxCommands: number } {
  return {
    numRuns: Number(process.env["DEVFLOW_MODEL_RUNS"] ?? options.modelRuns ?? 200),
    maxCommands: Number(process.env["DEVFLOW_MODEL_COMMANDS"] ?? 60),
  };
}
