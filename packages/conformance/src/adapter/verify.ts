import assert from "node:assert/strict";
import type { Verdict } from "@devflow/gateway/contract";
import { leaks } from "../fakes/index.ts";
import type { AdapterSuiteOptions, PlatformRequest, WebhookSpec } from "./options.ts";
import { arrive, signedAt, type Statement, type Subject } from "./subject.ts";

const hasWebhook = ({ webhook }: AdapterSuiteOptions): boolean => webhook !== undefined;

/** Who may speak to the webhook. */
export const verifyStatements: readonly Statement[] = [
  {
    id: "A-10",
    says: "accepts what the platform signed",
    applies: hasWebhook,
    async check(subject) {
      assertProven(await verify(subject, specOf(subject).sign(someBody(subject), signedAt)));
    },
  },
  {
    id: "A-11",
    says: "refuses everybody while its secret is missing",
    applies: hasWebhook,
    async check(subject) {
      const request = specOf(subject).sign(someBody(subject), signedAt);
      assertRefused(await verify(subject, request, { secrets: {} }));
    },
  },
  {
    id: "A-12",
    says: "refuses a body with one byte changed, where the proof covers the body",
    applies: hasWebhook,
    async check(subject) {
      const { sign, proof } = specOf(subject);
      const request = sign(someBody(subject), signedAt);
      // A platform whose proof is a shared token signs no bytes: nothing to change.
      if (sign(`${someBody(subject)} `, signedAt).headers[proof] === request.headers[proof]) return;
      for (const at of [0, Math.floor(request.body.length / 2), request.body.length - 1]) {
        const body = `${request.body.slice(0, at)}\u007f${request.body.slice(at + 1)}`;
        assertRefused(await verify(subject, { ...request, body }), `byte ${at} changed`);
      }
      assertRefused(await verify(subject, { ...request, body: `${request.body} ` }), "a byte added");
    },
  },
  {
    id: "A-13",
    says: "refuses a proof that is missing, empty, cut, lengthened or of another secret",
    applies: hasWebhook,
    async check(subject) {
      const { sign, proof } = specOf(subject);
      const request = sign(someBody(subject), signedAt);
      const right = request.headers[proof] ?? "";
      assert.notEqual(right, "", `the suite's sign() sets no header ${proof}`);
      const { [proof]: _, ...without } = request.headers;
      assertRefused(await verify(subject, { ...request, headers: without }), "missing");
      const flipped = right.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
      for (const wrong of [
        "",
        " ",
        right.slice(0, -1),
        `${right}0`,
        flipped,
        right.slice(0, 4),
        "ÿ".repeat(right.length),
        "=,;",
      ]) {
        assertRefused(await verify(subject, { ...request, headers: { ...without, [proof]: wrong } }), JSON.stringify(wrong));
      }
      const others = Object.fromEntries(Object.entries(subject.options.secrets).map(([name, value]) => [name, altered(value)]));
      assertRefused(await verify(subject, request, { secrets: others }), "of another secret");
    },
  },
  {
    id: "A-14",
    says: "refuses what was signed too long ago, or in the future",
    applies: ({ webhook }) => webhook?.toleranceMs !== undefined,
    async check(subject) {
      const { sign, toleranceMs = 0 } = specOf(subject);
      const request = sign(someBody(subject), signedAt);
      assertProven(await verify(subject, request, {}, signedAt + toleranceMs - 1000));
      assertRefused(await verify(subject, request, {}, signedAt + toleranceMs + 1000), "too old");
      assertRefused(await verify(subject, request, {}, signedAt - toleranceMs - 1000), "from the future");
    },
  },
  {
    id: "A-15",
    says: "parses nothing before the proof: what is not JSON is proven or refused by its bytes alone",
    applies: hasWebhook,
    async check(subject) {
      const { sign, proof } = specOf(subject);
      for (const body of ["", '{"a":', "\u0000\ufffd", "[]", "null"]) {
        const request = sign(body, signedAt);
        const verdict = await verify(subject, request);
        assert.ok("proven" in verdict && verdict.proven, `refused ${JSON.stringify(body)} although it is signed`);
        assertRefused(await verify(subject, { ...request, headers: { ...request.headers, [proof]: "x" } }), body);
      }
    },
  },
  {
    id: "A-16",
    says: "says in a refusal what is wrong, and neither the secret nor the right proof",
    applies: hasWebhook,
    async check(subject) {
      const { sign, proof } = specOf(subject);
      const request = sign(someBody(subject), signedAt);
      const verdict = await verify(subject, { ...request, headers: { ...request.headers, [proof]: "x" } });
      assertRefused(verdict);
      const reason = "proven" in verdict && !verdict.proven ? verdict.reason : "";
      assert.notEqual(reason, "");
      assert.deepEqual(leaks(reason, { ...subject.options.secrets, PROOF: request.headers[proof] ?? "" }), []);
    },
  },
];

function specOf({ options }: Subject): WebhookSpec {
  assert.ok(options.webhook);
  return options.webhook;
}

/** A body that the platform could have sent. */
function someBody({ options }: Subject): string {
  return options.fixtures.find(({ body }) => body !== undefined)?.body ?? "{}";
}

async function verify(
  subject: Subject,
  request: PlatformRequest,
  changes: { readonly secrets?: Readonly<Record<string, string>> } = {},
  receivedAt = signedAt,
): Promise<Verdict> {
  const { webhook } = subject.make().transports;
  assert.ok(webhook);
  return await webhook.verifier.verify(arrive(request, receivedAt), subject.context(changes));
}

function assertProven(verdict: Verdict): void {
  assert.deepEqual("proven" in verdict && verdict.proven, true, `refused: ${JSON.stringify(verdict)}`);
}

function assertRefused(verdict: Verdict, what = "the request"): void {
  assert.equal("proven" in verdict && verdict.proven, false, `accepted: ${what}`);
  assert.ok(!("answer" in verdict), `answered as if it were a probe: ${what}`);
}

/** Another secret of the same form: letters and digits moved on by one. */
function altered(value: string): string {
  return value
    .replace(/[0-9]/g, (c) => String((Number(c) + 1) % 10))
    .replace(/[a-y]/gi, (c) => String.fromCharCode(c.charCodeAt(0) + 1));
}
