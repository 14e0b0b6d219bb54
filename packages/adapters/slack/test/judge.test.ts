import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Operation } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { slack } from "../src/index.ts";
import { freePort } from "./support/port.ts";
import { world } from "./support/index.ts";

// Slack's own API description judges every request. It is of 2021 and does not know `files.getUploadURLExternal`,
// `files.completeUploadExternal`, `chat.*Stream` and `apps.connections.open`: those are not judged here.
const corpora = process.env["DEVFLOW_CORPORA"];
const room = { platform: "slack", account: "T0001", room: "C0001" };
const thread = { ...room, thread: "1.000100" };
const draft = (text: string, rest: object = {}) => ({ content: parseMarkdown(text), attachments: [], ...rest });
const actions = { type: "actions" as const, items: [{ kind: "button" as const, id: "go", label: "Yes", value: "1" }] };
const form = { id: "f", title: "Feedback", fields: [{ id: "note", label: "Note", kind: "text" as const }] };

const operations: readonly Operation[] = [
  { kind: "message.post", draft: draft("**hi** <!channel> & [a](https://b.c)") },
  { kind: "message.post", draft: { ...draft("Go?"), content: [...parseMarkdown("Go?"), actions] } },
  { kind: "message.post", draft: draft("psst", { onlyFor: "U0001" }) },
  { kind: "message.edit", messageId: "", draft: draft("edited") },
  { kind: "message.delete", messageId: "" },
  { kind: "reaction.add", messageId: "", emoji: "👍🏽" },
  { kind: "reaction.remove", messageId: "", emoji: "👀" },
  { kind: "form.open", trigger: "1.2.3", form },
];

describe.skipIf(corpora === undefined)("against Slack's API description (skipped without DEVFLOW_CORPORA)", () => {
  let judge: ChildProcess;
  let log = "";
  let apiUrl = "";

  beforeAll(async () => {
    const port = await freePort();
    apiUrl = `http://127.0.0.1:${port}/api/`;
    judge = spawn(process.execPath, [join(corpora ?? "", "judge.mjs"), "slack", String(port)], {
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
  async function verdict(work: () => Promise<unknown>): Promise<readonly string[]> {
    const before = log.length;
    await work().catch(() => undefined);
    await expect.poll(() => log.slice(before)).toContain("Request received");
    await expect.poll(() => log.slice(before)).toContain("Responding with");
    return log
      .slice(before)
      .split("\n")
      .filter((line) => /Violation: request|NO_PATH_MATCHED/.test(line));
  }

  it("notices a wrong request", async () => {
    const web = await slack({ apiUrl, token: "xoxb-1" }).client("T0001", world());
    expect(
      await verdict(async () => await web.apiCall("chat.postMessage", { channel: "C1", unfurl_links: "perhaps" })),
    ).not.toEqual([]);
  });

  it.each(operations.map((operation, index) => [`${index} ${operation.kind}`, operation] as const))(
    "finds nothing wrong with %s",
    async (_, operation) => {
      const adapter = slack({ apiUrl, token: "xoxb-1" });
      const body = adapter.formatter.format(operation, thread);
      const send = () =>
        adapter.sender.send({ key: "k", kind: operation.kind, to: thread, body, messageId: "1.000100", attempt: 1 }, world());
      expect(await verdict(send)).toEqual([]);
    },
  );

  it.each<[string, (adapter: ReturnType<typeof slack>) => Promise<unknown>]>([
    ["identify", async (adapter) => await adapter.identify("T0001", world())],
    ["history", async (adapter) => await adapter.archive?.history(room, { limit: 5, before: "2.000100" }, world())],
    ["a thread", async (adapter) => await adapter.archive?.history(thread, { limit: 5 }, world())],
    ["a user", async (adapter) => await adapter.directory?.user("U0001", "T0001", world())],
    ["a room", async (adapter) => await adapter.directory?.conversation(room, world())],
    [
      "a file",
      async (adapter) =>
        await adapter.files?.open(
          { kind: "file", source: { type: "remote", handle: "F0001" } },
          "T0001",
          { maxBytes: 1 },
          world(),
        ),
    ],
    [
      "a person's room",
      async (adapter) => {
        const to = { ...room, room: "U0001" };
        const body = adapter.formatter.format({ kind: "message.delete", messageId: "" }, to);
        await adapter.sender.send({ key: "k", kind: "message.delete", to, body, messageId: "1.000100", attempt: 1 }, world());
      },
    ],
  ])("finds nothing wrong with looking up %s", async (_, work) => {
    expect(await verdict(async () => await work(slack({ apiUrl, token: "xoxb-1" })))).toEqual([]);
  });
});
