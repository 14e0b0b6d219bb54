import assert from "node:assert/strict";
import type { Adapter, OperationKind, Outgoing } from "@devflow/gateway/contract";
import { isGatewayError, type GatewayError } from "@devflow/gateway/kit";
import { everything, leaks, type FakeContext } from "../fakes/index.ts";
import { contents } from "./corpus.ts";
import { operationsOf, ownOperations } from "./format.ts";
import type { AdapterSuiteOptions } from "./options.ts";
import type { Behaviour, HttpAnswer } from "./server.ts";
import { workingServer, type Statement, type Subject } from "./subject.ts";

const hasServer = ({ server }: AdapterSuiteOptions): boolean => server !== undefined;

/** How the platform's word becomes ours. */
export const sendStatements: readonly Statement[] = [
  {
    id: "A-50",
    says: "gives a receipt with the time of its clock and, for a post, the message's id",
    applies: hasServer,
    async check(subject) {
      await subject.withServer(async (server, adapter) => {
        const context = subject.context();
        const receipt = await adapter.sender.send(outgoing(subject, adapter), context);
        assert.equal(receipt.at, context.clock.now());
        assert.ok(receipt.messageId !== undefined && receipt.messageId !== "", "no message id");
        assert.ok(server.calls.length > 0, "the server of `apiUrl` was not called");
      });
    },
  },
  failure(
    "A-51",
    "calls a full bucket rate.limited, to be tried again after the time the platform names",
    "rateLimited",
    (error) => {
      assert.deepEqual(pick(error), { code: "rate.limited", retryable: true });
      assert.equal(error.retryAfterMs, 7000);
    },
  ),
  failure("A-52", "calls a fault of the platform platform.failed, to be tried again", "failed", (error) => {
    assert.deepEqual(pick(error), { code: "platform.failed", retryable: true });
  }),
  failure("A-53", "calls a broken connection network.failed, to be tried again", "reset", (error) => {
    assert.deepEqual(pick(error), { code: "network.failed", retryable: true });
  }),
  failure("A-54", "calls refused credentials auth.failed, not to be tried again", "unauthorized", (error) => {
    assert.deepEqual(pick(error), { code: "auth.failed", retryable: false });
  }),
  failure("A-55", "calls a place that is gone target.gone, not to be tried again", "gone", (error) => {
    assert.deepEqual(pick(error), { code: "target.gone", retryable: false });
  }),
  {
    id: "A-56",
    says: "gives up when its caller does",
    applies: hasServer,
    async check(subject) {
      await subject.withServer(async (server, adapter) => {
        await adapter.sender.send(outgoing(subject, adapter), subject.context());
        server.behave("hang");
        const caller = new AbortController();
        const sending = adapter.sender.send(outgoing(subject, adapter), subject.context({ signal: caller.signal }));
        await server.called();
        caller.abort();
        const error = await rejection(sending);
        assert.equal(error.retryable, true, `${error.code} is not retryable`);
      });
    },
  },
  {
    id: "A-57",
    says: "asks the platform once per attempt: the SDK's own retries are off",
    applies: hasServer,
    async check(subject) {
      await subject.withServer(async (server, adapter) => {
        const context = subject.context();
        await adapter.sender.send(outgoing(subject, adapter), context);
        const before = server.calls.length;
        await adapter.sender.send(outgoing(subject, adapter), context);
        const usual = server.calls.length - before;
        for (const answer of ["failed", "rateLimited", "reset"] as const) {
          const start = server.calls.length;
          server.behave(behaviourOf(subject.options, answer));
          await rejection(adapter.sender.send(outgoing(subject, adapter), context));
          const calls = server.calls.length - start;
          assert.ok(calls <= usual, `${calls} requests where one attempt takes ${usual}, after "${answer}"`);
        }
      });
    },
  },
  {
    id: "A-58",
    says: "shows no secret in errors or logs, whatever goes wrong, and names platform and account in each error",
    applies: hasServer,
    async check(subject) {
      await subject.withServer(async (server, adapter) => {
        const context = subject.context();
        await adapter.sender.send(outgoing(subject, adapter), context);
        for (const answer of ["rateLimited", "failed", "reset", "unauthorized", "gone", "echo"] as const) {
          server.behave(answer === "echo" ? echo : behaviourOf(subject.options, answer));
          const error = await rejection(adapter.sender.send(outgoing(subject, adapter), context));
          assertSafe(subject, error, context);
          assert.equal(error.platform, adapter.platform, `${error.code} names no platform`);
          assert.equal(error.account, subject.options.to.account, `${error.code} names no account`);
          assert.ok(
            error.message.toLowerCase().includes(adapter.platform),
            `does not begin with the integration: ${error.message}`,
          );
        }
      });
    },
  },
  {
    id: "A-59",
    says: "sends edits, deletions and reactions to the message that the outbox names",
    applies: hasServer,
    async check(subject) {
      await subject.withServer(async (server, adapter) => {
        const context = subject.context();
        const { messageId = "" } = await adapter.sender.send(outgoing(subject, adapter), context);
        // The removal is of another emoji: where a bot has one reaction, the one added would have replaced it.
        const about = ["message.edit", "message.delete", "reaction.remove", "reaction.add"] as const;
        for (const kind of about.filter((one) => ownOperations(adapter, subject.options.to).includes(one))) {
          const start = server.calls.length;
          await adapter.sender.send({ ...outgoing(subject, adapter, kind), messageId }, context);
          const said = server.calls
            .slice(start)
            .map(({ url, body }) => `${decodeURIComponent(url)} ${decodeURIComponent(body.replaceAll("%", "%25"))}`);
          assert.ok(
            said.some((text) => mentions(text, messageId)),
            `${kind} does not say ${messageId}: ${said.join(" | ")}`,
          );
        }
      });
    },
  },
  {
    id: "A-60",
    says: "repeats an attempt with the same request, where its table claims idempotence",
    applies: hasServer,
    async check(subject) {
      await subject.withServer(async (server, adapter) => {
        if (!adapter.capabilities(subject.options.to).idempotent) return;
        const context = subject.context();
        const one = outgoing(subject, adapter);
        const said = async (attempt: number, key: string): Promise<string> => {
          await adapter.sender.send({ ...one, attempt, key }, context);
          const { method, url, headers, body } = server.calls.at(-1) ?? {};
          return JSON.stringify({ method, url, headers, body });
        };
        const first = await said(1, "key-1");
        assert.equal(await said(2, "key-1"), first, "the second attempt differs");
        assert.notEqual(await said(1, "key-2"), first, "another key makes the same request");
      });
    },
  },
  {
    id: "A-61",
    says: "says which secret is missing, and asks nobody without it",
    applies: ({ server, secrets }) => server !== undefined && Object.keys(secrets).length > 0,
    async check(subject) {
      await subject.withServer(async (server, adapter) => {
        const error = await rejection(adapter.sender.send(outgoing(subject, adapter), subject.context({ secrets: {} })));
        assert.equal(error.code, "secret.missing");
        const names = Object.keys(subject.options.secrets);
        assert.ok(
          names.some((name) => error.message.includes(name)),
          `names none of ${names.join(", ")}: ${error.message}`,
        );
        assert.deepEqual(server.calls, [], "called the platform without credentials");
      });
    },
  },
  {
    id: "A-62",
    says: "knows who it is",
    applies: hasServer,
    async check(subject) {
      await subject.withServer(async (_, adapter) => {
        const { user } = await adapter.identify(subject.options.to.account, subject.context());
        assert.ok(user.id !== "" && user.self, "identify does not say who we are");
      });
    },
  },
];

/** A formatted operation, as the outbox hands it over. */
function outgoing({ options: { to } }: Subject, adapter: Adapter, kind: OperationKind = "message.post"): Outgoing {
  const [operation] = operationsOf(kind, { content: contents["a word"] ?? [], attachments: [] });
  assert.ok(operation, `no example of ${kind}`);
  return { key: "suite/1", kind, to, body: adapter.formatter.format(operation, to), attempt: 1 };
}

type Failure = "rateLimited" | "failed" | "unauthorized" | "gone" | "reset";

function failure(id: string, says: string, answer: Failure, assertError: (error: GatewayError) => void): Statement {
  return {
    id,
    says,
    applies: hasServer,
    async check(subject) {
      await subject.withServer(async (server, adapter) => {
        // Once well, so that what an adapter looks up beforehand is looked up.
        await adapter.sender.send(outgoing(subject, adapter), subject.context());
        server.behave(behaviourOf(subject.options, answer));
        assertError(await rejection(adapter.sender.send(outgoing(subject, adapter), subject.context())));
        server.behave(workingServer(subject.options));
        await adapter.sender.send(outgoing(subject, adapter), subject.context());
      });
    },
  };
}

const usualAnswers: Readonly<Record<Exclude<Failure, "reset">, HttpAnswer>> = {
  rateLimited: { status: 429, headers: { "retry-after": "7" }, body: {} },
  failed: { status: 500, body: {} },
  unauthorized: { status: 401, body: {} },
  gone: { status: 404, body: {} },
};

function behaviourOf({ server }: AdapterSuiteOptions, answer: Failure): Behaviour {
  return answer === "reset" ? answer : () => server?.answers?.[answer] ?? usualAnswers[answer];
}

/** A server at its worst: an error page that repeats the request, credentials included. */
const echo: Behaviour = (call) => ({ status: 500, headers: { "content-type": "text/html" }, body: JSON.stringify(call) });

function assertSafe({ options }: Subject, error: GatewayError, context: FakeContext): void {
  assert.deepEqual(
    leaks(`${error.message} ${error.stack} ${everything(error)}`, options.secrets),
    [],
    `${error.code} holds secrets`,
  );
  assert.deepEqual(leaks(context.log.text(), options.secrets), [], "the log holds secrets");
}

/** The error that `promise` rejects with, which must be one of ours. */
export async function rejection(promise: Promise<unknown>): Promise<GatewayError> {
  const error = await promise.then(
    (value: unknown) => assert.fail(`resolved with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  assert.ok(isGatewayError(error), `rejected with ${String(error)}, which is no GatewayError`);
  return error;
}

function pick({ code, retryable }: GatewayError): { code: string; retryable: boolean } {
  return { code, retryable };
}

/** Platforms join ids with others (`<room>:<message>`): each part must be in what was sent. */
function mentions(text: string, messageId: string): boolean {
  return messageId.split(/[:/]/).every((part) => text.includes(part));
}
