import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Action, Attachment, Operation } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whatsapp } from "../src/index.ts";
import { account, ada, groupId, to, world } from "./support/index.ts";
import { freePort } from "./support/port.ts";

// Meta's own API description judges every request. It is of v23.0 and forbids what it does not know: link buttons
// (`cta_url`), business-scoped ids (`recipient`) and `biz_opaque_callback_data`. The first two are not judged here; the third
// is taken out on the way.
const corpora = process.env["DEVFLOW_CORPORA"];
const draft = (text: string, rest: object = {}) => ({ content: parseMarkdown(text), attachments: [], ...rest });
const asking = (...items: readonly Action[]) => ({
  content: [...parseMarkdown("Go?"), { type: "actions", items } as const],
  attachments: [],
});
const attached = (attachment: Attachment, text = ""): Operation => ({
  kind: "message.post",
  draft: draft(text, { attachments: [attachment] }),
});
const url = { type: "url", url: "https://e.com/x" } as const;
const button = { kind: "button", id: "go", label: "Yes", value: "1" } as const;
const options = [
  { label: "A", value: "a", description: "first" },
  { label: "B", value: "b" },
];
const template = { type: "template", template: { name: "hello_world", language: { code: "en_US" } } };

const operations: readonly Operation[] = [
  { kind: "message.post", draft: draft("**hi** [a](https://b.c)", { replyTo: "wamid.q" }) },
  { kind: "message.post", draft: draft("x", { native: { whatsapp: template } }) },
  { kind: "message.post", draft: asking(button, { ...button, value: "2", label: "No" }) },
  { kind: "message.post", draft: asking({ kind: "select", id: "s", label: "Menu", options }, button) },
  attached({ kind: "image", source: url }, "look"),
  attached({ kind: "video", source: url }),
  attached({ kind: "voice", source: url }),
  attached({ kind: "sticker", source: url }),
  attached({ kind: "file", source: url, name: "a.pdf" }, "read"),
  attached({ kind: "location", location: { latitude: 1, longitude: 2, title: "Here" } }),
  attached({ kind: "contact", contact: { name: "Bo", phone: "+1" } }),
  { kind: "reaction.add", messageId: "", emoji: "👍🏽" },
  { kind: "reaction.remove", messageId: "", emoji: "👀" },
  { kind: "typing.start" },
];

describe.skipIf(corpora === undefined)("against Meta's API description (skipped without DEVFLOW_CORPORA)", () => {
  let judge: ChildProcess;
  let log = "";
  let apiUrl = "";

  beforeAll(async () => {
    const port = await freePort();
    apiUrl = `http://127.0.0.1:${port}`;
    judge = spawn(process.execPath, [join(corpora ?? "", "judge.mjs"), "whatsapp", String(port)], {
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

  const context = () =>
    world({
      fetch: async (input, init) => {
        const body = typeof init?.body === "string" ? init.body.replace(/,"biz_opaque_callback_data":"[^"]*"/, "") : init?.body;
        return await fetch(input, { ...init, ...(body === undefined ? {} : { body }) });
      },
    });

  /** What the judge says against a piece of work; its example answers may be of any kind. */
  async function verdict(work: () => Promise<unknown>): Promise<readonly string[]> {
    const before = log.length;
    await work().catch(() => undefined);
    await expect.poll(() => log.slice(before)).toContain("Request received");
    await expect.poll(() => log.slice(before)).toMatch(/Responding with|Request terminated/);
    return log
      .slice(before)
      .split("\n")
      .filter((line) => /Violation: request|NO_PATH_MATCHED|Request terminated/.test(line));
  }

  it("notices a wrong request", async () => {
    const body = { calls: [{ type: "text", text: { body: 7 } }] };
    const send = () => whatsapp({ apiUrl }).sender.send({ key: "k", kind: "message.post", to, body, attempt: 1 }, context());
    expect(await verdict(send)).not.toEqual([]);
  });

  const cases = operations.flatMap((operation, at) => [[`${at} ${operation.kind}`, operation, ada] as const]);
  it.each([...cases, ["a text to a group", operations[0], groupId] as const])(
    "finds nothing wrong with %s",
    async (_, operation, room) => {
      const adapter = whatsapp({ apiUrl });
      if (operation === undefined) throw new Error("no operation");
      const address = { ...to, room, route: "wamid.in" };
      const body = adapter.formatter.format(operation, address);
      const send = () =>
        adapter.sender.send({ key: "k", kind: operation.kind, to: address, body, messageId: "wamid.x", attempt: 1 }, context());
      expect(await verdict(send)).toEqual([]);
    },
  );

  it.each<[string, (adapter: ReturnType<typeof whatsapp>) => Promise<unknown>]>([
    ["who we are", async (adapter) => await adapter.identify(account, context())],
    [
      "a file",
      async (adapter) =>
        await adapter.files?.open(
          { kind: "file", source: { type: "remote", handle: `${account}/77` } },
          account,
          { maxBytes: 1 },
          context(),
        ),
    ],
    [
      "an upload",
      async (adapter) => {
        const there = context();
        const key = await there.blobs.put(Buffer.from("x"));
        const body = { calls: [{ type: "document", document: { id: { stored: key } } }] };
        await adapter.sender.send({ key: "k", kind: "message.post", to, body, attempt: 1 }, there);
      },
    ],
    [
      "the webhook and the commands",
      async (adapter) =>
        await adapter.setup?.setup({ url: "https://bot.example", commands: [{ name: "go", description: "Goes" }] }, context()),
    ],
  ])("finds nothing wrong with %s", async (_, work) => {
    expect(await verdict(async () => await work(whatsapp({ apiUrl, businessAccount: "4195" })))).toEqual([]);
  });
});
