import { describe, expect, it } from "vitest";
import type { Adapter, Event } from "@devflow/gateway/contract";
import { adapterStatements, adapterSuite, type AdapterSuiteOptions } from "@devflow/conformance";
import { files, wired } from "./wired.ts";

/** Numbers of the statements that fail. */
async function failing(options: AdapterSuiteOptions, only = "A-"): Promise<readonly string[]> {
  const tests: { readonly name: string; readonly body: () => Promise<void> | void }[] = [];
  adapterSuite(options, { describe: (_, body) => body(), it: (name, body) => void tests.push({ name, body }) });
  const wanted = tests.filter(({ name }) => `${name} `.startsWith(only));
  const failed: string[] = [];
  for (const { name, body } of wanted) {
    try {
      await body();
    } catch {
      failed.push(name.split(" ")[0] ?? "");
    }
  }
  return failed;
}

const table = (adapter: Adapter, changes: object): Partial<Adapter> => ({
  capabilities: () => ({ ...adapter.capabilities(), ...changes }),
});

const verifier = (verify: (adapter: Adapter, outcome: boolean) => boolean) => (adapter: Adapter) => ({
  transports: {
    webhook: {
      receive: adapter.transports.webhook?.receive ?? (() => ({ deliveries: [] })),
      verifier: {
        async verify(...args) {
          const verdict = await adapter.transports.webhook?.verifier.verify(...args);
          return verify(adapter, verdict !== undefined && "proven" in verdict && verdict.proven)
            ? { proven: true }
            : { proven: false, reason: "no" };
        },
      },
    },
  } satisfies Adapter["transports"],
});

const events = (change: (event: Event, index: number) => object) => (adapter: Adapter) => ({
  normalizer: {
    needsIdentity: false,
    normalize: (...args: Parameters<Adapter["normalizer"]["normalize"]>) =>
      adapter.normalizer.normalize(...args).map((event, index) => ({ ...event, ...change(event, index) })),
  },
});

const sending =
  (send: (adapter: Adapter, ...args: Parameters<Adapter["sender"]["send"]>) => ReturnType<Adapter["sender"]["send"]>) =>
  (adapter: Adapter) => ({
    sender: { send: (...args: Parameters<Adapter["sender"]["send"]>) => send(adapter, ...args) },
  });

let calls = 0;

type Mutant = readonly [what: string, expected: string, change: (adapter: Adapter, apiUrl: string) => Partial<Adapter>];

const mutants: readonly Mutant[] = [
  ["another contract", "A-1", () => ({ contract: 2 as 1 })],
  ["no way in", "A-2", () => ({ transports: {} })],
  [
    "a table without spoilers",
    "A-3",
    (adapter) => table(adapter, { nodes: { ...adapter.capabilities().nodes, spoiler: undefined } }),
  ],
  ["a limit of zero", "A-4", (adapter) => table(adapter, { text: { limit: 0, editLimit: 1, unit: "byte" } })],
  [
    "a table that changes",
    "A-5",
    (adapter) => ({ capabilities: () => ({ ...adapter.capabilities(), stream: { intervalMs: ++calls } }) }),
  ],
  ["a bucket of all accounts", "A-7", () => ({ limits: () => [{ key: "fake/main", rate: 1, periodMs: 1, burst: 1 }] })],
  ["a bucket without a platform", "A-6", () => ({ limits: () => [{ key: "all", rate: 1, periodMs: 1, burst: 1 }] })],
  ["a verifier that believes everybody", "A-11", verifier(() => true)],
  ["a verifier that believes nobody", "A-10", verifier(() => false)],
  ["an id by chance", "A-34", events(() => ({ id: `x${++calls}` }))],
  ["an id by chance (purity)", "A-31", events(() => ({ id: `x${++calls}` }))],
  ["a date as time", "A-33", events(() => ({ at: new Date() }))],
  ["seconds as time", "A-35", events(() => ({ at: 1_767_225_600 }))],
  [
    "a normalizer that forgets the second event",
    "A-30",
    (adapter) => ({
      normalizer: { needsIdentity: false, normalize: (...args) => adapter.normalizer.normalize(...args).slice(0, 1) },
    }),
  ],
  [
    "a normalizer that trusts its payload",
    "A-36",
    (adapter) => ({
      normalizer: {
        needsIdentity: false,
        normalize(deliveries, identity) {
          for (const { payload } of deliveries) void (payload as { id: string }).id.length;
          return adapter.normalizer.normalize(deliveries, identity);
        },
      },
    }),
  ],
  ["our own messages as another's", "A-38", events((event) => ({ actor: { ...event.actor, self: false } }))],
  ["a body with a function", "A-40", (adapter) => ({ formatter: { ...adapter.formatter, format: () => ({ run: () => {} }) } })],
  [
    "a measure of half the letters",
    "A-42",
    (adapter) => ({ formatter: { ...adapter.formatter, measure: (content) => adapter.formatter.measure(content) / 2 } }),
  ],
  [
    "a formatter without native fields",
    "A-43",
    (adapter) => ({
      formatter: {
        ...adapter.formatter,
        format: (operation, to) => {
          const { probe_field: _, ...body } = adapter.formatter.format(operation, to);
          return body;
        },
      },
    }),
  ],
  [
    "a message id in the body",
    "A-44",
    (adapter) => ({
      formatter: {
        ...adapter.formatter,
        format: (operation, to) => ({
          ...adapter.formatter.format(operation, to),
          ...("messageId" in operation && { id: operation.messageId }),
        }),
      },
    }),
  ],
  [
    "an empty reply",
    "A-45",
    (adapter) => ({
      formatter: {
        ...adapter.formatter,
        format: (operation, to) => ({
          ...adapter.formatter.format(operation, to),
          ...("draft" in operation && { reply: operation.draft.replyTo }),
        }),
      },
    }),
  ],
  ["no receipt", "A-50", sending(async (adapter, ...args) => ({ at: (await adapter.sender.send(...args)).at }))],
  [
    "everything to be tried again",
    "A-54",
    sending(async (adapter, ...args) => {
      try {
        return await adapter.sender.send(...args);
      } catch (error) {
        throw Object.assign(error as Error, { retryable: true });
      }
    }),
  ],
  [
    "a retry of its own",
    "A-57",
    sending((adapter, ...args) => adapter.sender.send(...args).catch(() => adapter.sender.send(...args))),
  ],
  [
    "a token in the log",
    "A-58",
    sending(async (adapter, outgoing, context) => {
      context.log.info({ token: (await context.secret("BOT_TOKEN"))?.expose() }, "sending");
      return await adapter.sender.send(outgoing, context);
    }),
  ],
  [
    "edits of another message",
    "A-59",
    sending((adapter, { messageId: _, ...rest }, context) => adapter.sender.send(rest, context)),
  ],
  ["a promise of idempotence", "A-60", (adapter) => table(adapter, { idempotent: true })],
  [
    "a caller that is not heard",
    "A-56",
    sending((adapter, outgoing, context) => {
      const patient = adapter.sender.send(outgoing, { ...context, signal: AbortSignal.timeout(300) });
      return patient.catch(() => Promise.reject(new Error("timeout")));
    }),
  ],
  [
    "credentials that follow a redirect",
    "A-72",
    (_, apiUrl) => ({
      files: files(apiUrl, async (url, headers, context) => {
        const first = await context.fetch(url, { headers, redirect: "manual" });
        return await context.fetch(first.headers.get("location") ?? url, { headers });
      }),
    }),
  ],
  [
    "files of any size",
    "A-71",
    (adapter) => ({
      files: {
        open: async (file, account, __, context) =>
          (await adapter.files?.open(file, account, { maxBytes: 1e9 }, context)) ?? new Uint8Array(),
      },
    }),
  ],
  [
    "attachments that live in this process",
    "A-70",
    (adapter) => {
      const seen = new WeakSet<object>();
      return {
        normalizer: {
          needsIdentity: false,
          normalize: (...args) =>
            adapter.normalizer.normalize(...args).map((event) => {
              if ("message" in event) for (const one of event.message.attachments) seen.add(one);
              return event;
            }),
        },
        files: {
          async open(file, ...rest) {
            if (!seen.has(file)) throw new Error("never seen");
            return (await adapter.files?.open(file, ...rest)) ?? new Uint8Array();
          },
        },
      };
    },
  ],
];

describe("the adapter suite", () => {
  it("passes the fake platform", async () => {
    expect(await failing(wired())).toEqual([]);
  });

  it.each(mutants)("fails %s by %s", async (_, expected, change) => {
    expect(await failing(wired(change), `${expected} `)).toEqual([expected]);
  });

  it("fails an exception that is not needed", async () => {
    expect(await failing({ ...wired(), except: { "A-1": "out of habit" } })).toEqual(["A-1"]);
  });

  it("lets an exception stand that is", async () => {
    const broken = wired(() => ({ contract: 2 as 1 }));
    expect(await failing({ ...broken, except: { "A-1": "an experiment" } })).toEqual([]);
  });

  it("fails a package that loads its SDK at import", async () => {
    const eager = { ...wired(), entry: import.meta.resolve("../fixtures/eager/index.js") };
    expect(await failing(eager, "A-8 ")).toEqual(["A-8"]);
  });

  it("gives each statement a number of its own", () => {
    const ids = adapterStatements.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
