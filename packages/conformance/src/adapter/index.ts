import assert from "node:assert/strict";
import { fileStatements } from "./files.ts";
import { formatStatements } from "./format.ts";
import { normalizeStatements } from "./normalize.ts";
import type { AdapterSuiteOptions, Runner } from "./options.ts";
import { receiveStatements } from "./receive.ts";
import { sendStatements } from "./send.ts";
import { shapeStatements } from "./shape.ts";
import { subjectOf, type Statement } from "./subject.ts";
import { verifyStatements } from "./verify.ts";

export type { AdapterSuiteOptions, Fixture, PlatformRequest, Runner, ServerSpec, WebhookSpec } from "./options.ts";
export { dependenciesOf, loadedModules } from "./graph.ts";
export { scriptedServer, type Behaviour, type HttpAnswer, type HttpCall, type ScriptedServer } from "./server.ts";
export type { Statement, Subject } from "./subject.ts";

/** All that an adapter promises, in the order of the pipeline. */
export const adapterStatements: readonly Statement[] = [
  ...shapeStatements,
  ...verifyStatements,
  ...receiveStatements,
  ...normalizeStatements,
  ...formatStatements,
  ...sendStatements,
  ...fileStatements,
];

/**
 * Registers one test per statement that applies to the adapter. A statement under `except` is tested the other way round:
 * once it holds, the exception has to go.
 */
export function adapterSuite(options: AdapterSuiteOptions, { describe, it }: Runner): void {
  const subject = subjectOf(options);
  describe(`${options.name} is an adapter`, () => {
    for (const { id, says, check, applies } of adapterStatements) {
      if (applies && !applies(options)) continue;
      const exception = options.except?.[id];
      if (exception === undefined) {
        it(`${id} ${says}`, () => check(subject));
      } else {
        it(`${id} does not hold (${exception}): ${says}`, async () => {
          await assert.rejects(async () => await check(subject), `${id} holds after all: take it out of \`except\``);
        });
      }
    }
  });
}
