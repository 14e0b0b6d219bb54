import { chainStatements } from "./chain.ts";
import { claimStatements } from "./claim.ts";
import { deadStatements } from "./dead.ts";
import { durabilityStatements } from "./durability.ts";
import { enqueueStatements } from "./enqueue.ts";
import { killStatements } from "./kill.ts";
import { kvStatements } from "./kv.ts";
import { leaseStatements } from "./lease.ts";
import { lifecycleStatements } from "./lifecycle.ts";
import { limiterStatements } from "./limiter.ts";
import { modelStatements } from "./model/index.ts";
import type { StoreRunner, StoreSuiteOptions } from "./options.ts";
import { orderStatements } from "./order.ts";
import { retryStatements } from "./retry.ts";
import { scheduleStatements } from "./schedule.ts";
import { createSubject, type StoreStatement } from "./subject.ts";
import { valueStatements } from "./values.ts";

export type { SmallDisk, StoreRunner, StoreSuiteOptions } from "./options.ts";
export type { StoreStatement, StoreSubject } from "./subject.ts";
export { loopDisk } from "./disk.ts";
export { faultProxy, type FaultProxy } from "./network.ts";
export { storeVictim } from "./victim.ts";

/** All that a store promises, by number. */
export const storeStatements: readonly StoreStatement[] = [
  ...enqueueStatements,
  ...orderStatements,
  ...claimStatements,
  ...killStatements,
  ...retryStatements,
  ...deadStatements,
  ...scheduleStatements,
  ...chainStatements,
  ...kvStatements,
  ...limiterStatements,
  ...leaseStatements,
  ...durabilityStatements,
  ...valueStatements,
  ...lifecycleStatements,
  ...modelStatements,
];

const timeoutMs = 600_000;

/**
 * Registers one test per statement, on a store of its own. Statements that mean nothing for this store are shown as skipped,
 * with the reason.
 */
export function storeSuite(options: StoreSuiteOptions, { describe, it }: StoreRunner): void {
  describe(`${options.name} is a store`, () => {
    for (const { id, says, check, waived } of storeStatements) {
      const reason = options.notApplicable?.[id] ?? waived?.(options);
      if (reason !== undefined) {
        it.skip?.(`${id} is not applicable (${reason}): ${says}`);
        continue;
      }
      const body = async (): Promise<void> => {
        const subject = await createSubject(options);
        try {
          await check(subject);
        } finally {
          await subject.end();
        }
      };
      it(`${id} ${says}`, body, timeoutMs);
    }
  });
}
