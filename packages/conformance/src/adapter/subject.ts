import assert from "node:assert/strict";
import type { Adapter, Delivery, Event, Reception, VerifiedRequest } from "@devflow/gateway/contract";
import { fakeContext, rawRequest, type FakeContext } from "../fakes/index.ts";
import type { AdapterSuiteOptions, Fixture, PlatformRequest } from "./options.ts";
import { scriptedServer, type Behaviour, type ScriptedServer } from "./server.ts";

/** One sentence of what "works" means, and its proof. */
export interface Statement {
  /** `A-<n>`, never given to another sentence. */
  readonly id: string;
  readonly says: string;
  /** Whether the adapter has what this is about, as far as the options tell. Always unless set. */
  applies?(options: AdapterSuiteOptions): boolean;
  /** Rejects when the statement does not hold. */
  check(subject: Subject): Promise<void> | void;
}

/** An adapter on the bench. */
export interface Subject {
  readonly options: AdapterSuiteOptions;
  /** A fresh adapter whose API is not there. */
  make(apiUrl?: string): Adapter;
  /** A fresh world with the secrets in it, or without them. */
  context(changes?: { readonly secrets?: Readonly<Record<string, string>>; readonly signal?: AbortSignal }): FakeContext;
  /** Starts the platform's API for the length of `run`. Behaves unless told otherwise. */
  withServer(run: (server: ScriptedServer, adapter: Adapter) => Promise<void>): Promise<void>;
}

/** Nothing listens there: the port is reserved, and connections to it are refused at once. */
const nowhere = "http://127.0.0.1:9";

/** Puts the adapter of a suite on the bench. */
export function subjectOf(options: AdapterSuiteOptions): Subject {
  return {
    options,
    make: (apiUrl = nowhere) => options.adapter({ apiUrl }),
    context: (changes = {}) =>
      fakeContext({
        platform: options.to.platform,
        secrets: changes.secrets ?? options.secrets,
        ...(changes.signal && { signal: changes.signal }),
      }),
    async withServer(run) {
      const server = await scriptedServer(workingServer(options));
      try {
        await run(server, options.adapter({ apiUrl: server.url }));
      } finally {
        await server.close();
      }
    },
  };
}

/** The behaviour of a platform on which everything works. */
export function workingServer(options: AdapterSuiteOptions): Behaviour {
  return (call) => options.server?.respond(call) ?? {};
}

/** When the platform signed, in the suite's time. */
export const signedAt: number = Date.UTC(2026, 0, 1);

/** A platform's request as the host hands it to a verifier. */
export function arrive(request: PlatformRequest, receivedAt: number = signedAt): VerifiedRequest {
  return rawRequest(request.body, request.headers, receivedAt, {
    ...(request.method !== undefined && { method: request.method }),
    ...(request.url !== undefined && { url: request.url }),
  }) as VerifiedRequest;
}

/** Receives a fixture as the host would: verified first, with the account that the verifier learned. */
export async function receive(subject: Subject, adapter: Adapter, body: string): Promise<Reception> {
  const { webhook } = subject.options;
  const transport = adapter.transports.webhook;
  assert.ok(webhook && transport, "a fixture with a body needs a webhook, in the adapter and in the suite's options");
  const request = arrive(webhook.sign(body, signedAt));
  const verdict = await transport.verifier.verify(request, subject.context());
  assert.ok("proven" in verdict && verdict.proven, `the verifier refused a fixture: ${JSON.stringify(verdict)}`);
  const proven = verdict.account === undefined ? request : Object.assign(request, { account: verdict.account });
  return await transport.receive(proven, subject.context());
}

/** Deliveries of a fixture. */
export async function deliveriesOf(subject: Subject, adapter: Adapter, fixture: Fixture): Promise<readonly Delivery[]> {
  if (fixture.delivery) return [fixture.delivery];
  assert.ok(fixture.body !== undefined, `fixture "${fixture.name}" has neither body nor delivery`);
  return (await receive(subject, adapter, fixture.body)).deliveries;
}

/** Events of a delivery, alone in its group. */
export function normalize(subject: Subject, adapter: Adapter, delivery: Delivery): readonly Event[] {
  return adapter.normalizer.normalize([delivery], subject.options.identity);
}

/** Runs `check` with each fixture, its deliveries, and a fresh adapter. */
export async function eachFixture(
  subject: Subject,
  check: (fixture: Fixture, deliveries: readonly Delivery[], adapter: Adapter) => void | Promise<void>,
): Promise<void> {
  for (const fixture of subject.options.fixtures) {
    const adapter = subject.make();
    const deliveries = await deliveriesOf(subject, adapter, fixture);
    try {
      await check(fixture, deliveries, adapter);
    } catch (error) {
      throw new assert.AssertionError({
        message: `fixture "${fixture.name}": ${error instanceof Error ? error.message : String(error)}`,
        ...(error instanceof assert.AssertionError && { actual: error.actual, expected: error.expected }),
      });
    }
  }
}
