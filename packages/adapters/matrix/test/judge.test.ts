import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Operation } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matrix, type MatrixAdapter } from "../src/index.ts";
import { account, room, world } from "./support/events.ts";
import { freePort } from "./support/synapse.ts";
import { soon } from "./support/soon.ts";

const corpora = process.env.DEVFLOW_CORPORA;
const thread = { platform: "matrix", account, room, thread: "$root" };
const wrong = /Violation: request|NO_PATH_MATCHED|Route not resolved|VALIDATOR(?!.*response).*error/;
// The judge knows neither an empty state key, which the specification has, nor that a file may be of any type.
const beside = /required property 'statekey'|Supported content types/;
const draft = (text: string, rest: object = {}) => ({ content: parseMarkdown(text), attachments: [], ...rest });

const operations: readonly Operation[] = [
  { kind: "message.post", draft: draft("**hi** @room & [a](https://b.c)", { replyTo: "$other" }) },
  {
    kind: "message.post",
    draft: draft("see", {
      attachments: [{ kind: "file", name: "a b.txt", mediaType: "text/plain", source: { type: "stored", key: "blob-1" } }],
    }),
  },
  { kind: "message.edit", messageId: "", draft: draft("edited") },
  { kind: "message.delete", messageId: "" },
  { kind: "reaction.add", messageId: "", emoji: "👍🏽" },
  { kind: "reaction.remove", messageId: "", emoji: "👀" },
  { kind: "typing.start" },
];

describe.skipIf(corpora === undefined)("against the specification's API description (skipped without DEVFLOW_CORPORA)", () => {
  let judge: ChildProcess;
  let log = "";
  let apiUrl = "";

  beforeAll(async () => {
    const port = await freePort();
    apiUrl = `http://127.0.0.1:${port}`;
    judge = spawn(process.execPath, [join(corpora ?? "", "judge.mjs"), "matrix-client-server", String(port)], {
      cwd: join(import.meta.dirname, ".."),
    });
    await new Promise<void>((resolve, reject) => {
      judge.once("exit", (code) => reject(new Error(`the judge ended with ${code}: ${log}`)));
      for (const stream of [judge.stdout, judge.stderr]) {
        stream?.on("data", (data: Buffer) => {
          log += data.toString();
          if (log.includes("Prism is listening")) resolve();
        });
      }
    });
  }, 120_000);
  afterAll(() => judge.kill());

  /** What the judge says about a piece of work; its example answers may be of any kind. */
  async function verdict(work: (adapter: MatrixAdapter) => Promise<unknown>): Promise<readonly string[]> {
    const before = log.length;
    await work(matrix({ apiUrl, userId: account })).catch(() => undefined);
    await soon(() => log.slice(before)).toContain("Request received");
    await soon(() => log.slice(before)).toMatch(/Responding with|NO_PATH_MATCHED|Request terminated/);
    return log
      .slice(before)
      .split("\n")
      .filter((line) => wrong.test(line) && !beside.test(line));
  }

  it("notices a wrong request", async () => {
    const badly = async (adapter: MatrixAdapter): Promise<unknown> => {
      const client = await adapter.client(account, world());
      const { Method } = await import("matrix-js-sdk");
      return await client.http.authedRequest(Method.Put, `/rooms/${encodeURIComponent(room)}/typing/x`, {}, {});
    };
    expect(await verdict(badly)).not.toEqual([]);
  });

  it.each(operations.map((operation, index) => [`${index} ${operation.kind}`, operation] as const))(
    "finds nothing wrong with %s",
    async (_, operation) => {
      const send = async (adapter: MatrixAdapter): Promise<unknown> => {
        const context = world();
        await context.blobs.put(Buffer.from("bytes"));
        // The judge's example of a room is an encrypted one, so that it is plain is known beforehand.
        const plain = Object.assign(context, { memory: { ...context.memory, get: async () => ({ value: true, version: 1 }) } });
        const ready = operation.kind === "message.post" || operation.kind === "message.edit" ? plain : context;
        const body = adapter.formatter.format(operation, thread);
        const stored = { ...body };
        return await adapter.sender.send(
          { key: "k", kind: operation.kind, to: thread, body: stored, messageId: "$m", attempt: 1 },
          ready,
        );
      };
      expect(await verdict(send)).toEqual([]);
    },
  );

  it.each<[string, (adapter: MatrixAdapter) => Promise<unknown>]>([
    [
      "whether a room is encrypted",
      async ({ formatter, sender }) =>
        await sender.send(
          {
            key: "k",
            kind: "message.post",
            to: thread,
            body: formatter.format({ kind: "message.post", draft: draft("a") }, thread),
            attempt: 1,
          },
          world(),
        ),
    ],
    [
      "an upload",
      async (adapter) => {
        const context = world();
        const key = await context.blobs.put(Buffer.from("bytes"));
        const attachments = [
          { kind: "file", name: "ä b.txt", mediaType: "text/plain", source: { type: "stored", key } },
        ] as const;
        const plain = Object.assign(context, {
          memory: {
            ...context.memory,
            get: async (name: string) => (name.startsWith("plain/") ? { value: true, version: 1 } : undefined),
          },
        });
        const body = adapter.formatter.format({ kind: "message.post", draft: draft("", { attachments }) }, thread);
        return await adapter.sender.send({ key: "k", kind: "message.post", to: thread, body, attempt: 1 }, plain);
      },
    ],
    ["identify", async (adapter) => await adapter.identify(account, world())],
    ["a user", async (adapter) => await adapter.directory?.user("@ada:example.org", account, world())],
    ["a room", async (adapter) => await adapter.directory?.conversation({ ...thread, room: "#ops:example.org" }, world())],
    [
      "a person's room",
      async (adapter) => await adapter.directory?.conversation({ ...thread, room: "@ada:example.org" }, world()),
    ],
    [
      "a file",
      async (adapter) =>
        await adapter.files?.open(
          { kind: "file", source: { type: "remote", handle: "matrix/mxc://example.org/abc" } },
          account,
          { maxBytes: 1 },
          world(),
        ),
    ],
    [
      "a sync",
      async (adapter) => {
        const caller = new AbortController();
        const context = world({ signal: caller.signal });
        const up = new Promise<void>((resolve) => setTimeout(resolve, 1_500));
        const running = adapter.transports.connection?.run(
          account,
          async () => ({ status: 200 }),
          context,
          () => {},
        );
        await Promise.race([up, running]);
        caller.abort();
        await running;
      },
    ],
  ])(
    "finds nothing wrong with looking up %s",
    async (_, work) => {
      expect(await verdict(work)).toEqual([]);
    },
    20_000,
  );
});
