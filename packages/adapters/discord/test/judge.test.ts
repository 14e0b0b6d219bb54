import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Address, Attachment, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { discord, type DiscordAdapter } from "../src/index.ts";
import { writeRoute } from "../src/wire/index.ts";
import { freePort } from "./support/port.ts";
import { ada, application, idAt, room, world } from "./support/index.ts";

// Discord's own API description judges every request.
const corpora = process.env["DEVFLOW_CORPORA"];
const at = Date.UTC(2026, 0, 1);
const messageId = "600000000000000001";
const token = "aW50ZXJhY3Rpb24";
const route = (deferral: 5 | 6, count: number): Address => ({
  ...room,
  route: writeRoute({ interaction: idAt(at, count), deferral, user: ada.id, token }),
});
const draft = (text: string, rest: Partial<PreparedDraft> = {}): PreparedDraft => ({
  content: parseMarkdown(text),
  attachments: [],
  ...rest,
});
const actions = {
  type: "actions" as const,
  items: [
    { kind: "button" as const, id: "go", label: "Yes", value: "1".repeat(200), style: "danger" as const },
    { kind: "link" as const, label: "Look", url: "https://example.com" },
    {
      kind: "select" as const,
      id: "pick",
      label: "Which?",
      multiple: true,
      options: [{ label: "A", value: "a", description: "first" }],
    },
  ],
};
const fields = { type: "fields" as const, items: [{ name: "Build", value: [{ type: "text" as const, value: "7" }] }] };
const form = {
  id: "f",
  title: "Feedback",
  state: "s".repeat(300),
  fields: [
    { id: "note", label: "Note", kind: "text" as const, multiline: true, hint: "what you think", placeholder: "…", value: "x" },
    { id: "kind", label: "Kind", kind: "select" as const, options: [{ label: "A", value: "a" }] },
    { id: "who", label: "Who", kind: "user" as const, optional: true },
    { id: "day", label: "Day", kind: "date" as const },
  ],
};
const file: Attachment = {
  kind: "file",
  name: "a.txt",
  mediaType: "text/plain",
  alt: "words",
  source: { type: "stored", key: "blob-1" },
};
const layered = { discord: { flags: 1 << 15, components: [{ type: 17, components: [{ type: 10, content: "inside" }] }] } };

type Trial = readonly [name: string, operation: Operation, to: Address, attachments?: readonly Attachment[]];

const operations: readonly Trial[] = [
  [
    "a post",
    { kind: "message.post", draft: draft("**hi** <@1> [a](https://b.c) [Ada](mention:user:5)", { silent: true }) },
    room,
  ],
  ["a reply", { kind: "message.post", draft: draft("yes", { replyTo: messageId }) }, room],
  [
    "buttons and a card",
    { kind: "message.post", draft: { ...draft(""), content: [...parseMarkdown("Go?"), fields, actions] } },
    room,
  ],
  ["components v2", { kind: "message.post", draft: draft("over", { native: layered }) }, room],
  [
    "a post in a forum",
    { kind: "message.post", draft: draft("first", { native: { discord: { thread: { name: "Plan" } } } }) },
    room,
  ],
  [
    "a thread",
    { kind: "message.post", draft: draft("below", { replyTo: messageId, native: { discord: { thread: { name: "Plan" } } } }) },
    room,
  ],
  ["an answer", { kind: "message.post", draft: draft("first", { onlyFor: ada.id }) }, route(5, 1)],
  ["a message to a person", { kind: "message.post", draft: draft("hello") }, { ...room, room: `@${ada.id}` }],
  ["an edit", { kind: "message.edit", messageId, draft: draft("edited") }, room],
  ["a deletion", { kind: "message.delete", messageId }, room],
  ["a reaction", { kind: "reaction.add", messageId, emoji: "👍🏽" }, room],
  ["a custom reaction", { kind: "reaction.add", messageId, emoji: "a:blob:123" }, room],
  ["a reaction taken back", { kind: "reaction.remove", messageId, emoji: "👀" }, room],
  ["typing", { kind: "typing.start" }, room],
  ["a form", { kind: "form.open", trigger: route(5, 2).route ?? "", form }, room],
  ["a file", { kind: "message.post", draft: draft("look", { attachments: [file] }) }, room, [file]],
];

describe.skipIf(corpora === undefined)(
  "against Discord's API description (skipped without DEVFLOW_CORPORA)",
  { timeout: 30_000 },
  () => {
    let judge: ChildProcess;
    let log = "";
    let apiUrl = "";

    beforeAll(async () => {
      const port = await freePort();
      apiUrl = `http://127.0.0.1:${port}/api`;
      judge = spawn(process.execPath, [join(corpora ?? "", "judge.mjs"), "discord", String(port)], {
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

    /** Making up a message takes the judge seconds, and what it answers does not matter: it is asked for a short refusal instead. */
    const brief: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      if (/\/(?:messages|callback|webhooks)\b/.test(pathname) && !pathname.endsWith("/threads")) {
        headers.set("prefer", "code=429");
      }
      return fetch(input, { ...init, headers });
    };
    const judged = () => world({ fetch: brief });

    /** What the judge says about a piece of work; its example answers may be of any kind. */
    async function verdict(work: () => Promise<unknown>): Promise<readonly string[]> {
      const before = log.length;
      await work().catch(() => undefined);
      await expect.poll(() => log.slice(before), { timeout: 20_000 }).toContain("Request received");
      await expect.poll(() => log.slice(before), { timeout: 20_000 }).toContain("Responding with");
      return log
        .slice(before)
        .split("\n")
        .filter((line) => /Violation: request|NO_PATH_MATCHED/.test(line));
    }

    async function send(adapter: DiscordAdapter, [, operation, to, attachments]: Trial): Promise<unknown> {
      const context = judged();
      await context.blobs.put(Buffer.from("bytes"));
      const body = adapter.formatter.format(operation, to);
      const { kind } = operation;
      return await adapter.sender.send(
        { key: "k", kind, to, body, messageId, attempt: 1, ...(attachments && { attachments }) },
        context,
      );
    }

    it("notices a wrong request", async () => {
      const { rest } = await discord({ apiUrl }).client(application, judged());
      rest.setToken("t");
      expect(
        await verdict(() => rest.post(`/channels/${room.room}/messages`, { body: { content: 5, embeds: "no" } })),
      ).not.toEqual([]);
    });

    it.each(operations)("finds nothing wrong with %s", async (...trial) => {
      expect(await verdict(() => send(discord({ apiUrl }), trial as unknown as Trial))).toEqual([]);
    });

    it("finds nothing wrong with what follows a deferral", async () => {
      for (const [deferral, count] of [
        [5, 11],
        [6, 12],
      ] as const) {
        const context = judged();
        const to = route(deferral, count);
        await context.memory.set(`interaction/${idAt(at, count)}`, { by: "deferral", deferral });
        const adapter = discord({ apiUrl });
        const body = adapter.formatter.format({ kind: "message.post", draft: draft("late") }, to);
        const late = () => adapter.sender.send({ key: "k", kind: "message.post", to, body, attempt: 1 }, context);
        expect(await verdict(late)).toEqual([]);
      }
    });

    it.each<[string, (adapter: DiscordAdapter) => Promise<unknown>]>([
      ["identify", async (adapter) => await adapter.identify(application, judged())],
      ["the history", async (adapter) => await adapter.archive?.history(room, { limit: 5, before: messageId }, judged())],
      ["a user", async (adapter) => await adapter.directory?.user(ada.id, application, judged())],
      ["a channel", async (adapter) => await adapter.directory?.conversation(room, judged())],
      [
        "setup",
        async (adapter) =>
          await adapter.setup?.setup(
            { url: "https://bot.example", commands: [{ name: "deploy", description: "Ships it" }] },
            judged(),
          ),
      ],
      ["the shards", async (adapter) => await adapter.transports.connection?.lines(judged())],
    ])("finds nothing wrong with looking up %s", async (_, work) => {
      expect(await verdict(async () => await work(discord({ apiUrl, shards: "auto" })))).toEqual([]);
    });
  },
);
