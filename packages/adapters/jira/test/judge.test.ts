import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Operation } from "@devflow/gateway/contract";
import { loopbackFetch } from "@devflow/conformance";
import { parseMarkdown } from "@devflow/gateway/kit";
import { jira } from "../src/index.ts";
import { emulator, type Emulator } from "./support/emulator/index.ts";
import { freePort } from "./support/port.ts";
import { issueAddress, world } from "./support/index.ts";

// Atlassian's own description of Cloud's API judges every request. Each one goes to an emulator, whose answers lead through the
// whole operation, and to the judge beside it. Paths below /rest/webhooks are not described and not judged.
const corpora = process.env["DEVFLOW_CORPORA"];
const issue = { ...issueAddress, thread: "APP-1" };
const project = { platform: "jira", account: "default", room: "APP" };
const draft = (text: string, rest: object = {}) => ({ content: parseMarkdown(text), attachments: [], ...rest });

const operations: readonly (readonly [Operation, typeof project, string?])[] = [
  [{ kind: "message.post", draft: draft("**hi** [a](https://b.c)\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |") }, issue],
  [
    {
      kind: "message.post",
      draft: draft("psst", { native: { jira: { internal: true, visibility: { type: "role", value: "Developers" } } } }),
    },
    issue,
  ],
  [{ kind: "message.edit", messageId: "", draft: draft("edited") }, issue, "20000"],
  [{ kind: "message.delete", messageId: "" }, issue, "20000"],
  [
    {
      kind: "issue.create",
      issue: {
        title: "It breaks",
        body: "When **saving**",
        type: "Bug",
        labels: ["a b"],
        priority: "High",
        assignees: ["712020:ada"],
        fields: { "Story Points": 3, Severity: "S1", Steps: "- one", "Due date": "2026-02-01" },
      },
    },
    project,
  ],
  [
    {
      kind: "issue.update",
      update: {
        title: "Still",
        body: "",
        labels: { add: ["bug"], remove: ["new"] },
        assignees: { remove: ["712020:ada"] },
        fields: { Twin: "x" },
      },
    },
    issue,
  ],
  [{ kind: "issue.update", update: { state: "closed", assignees: ["712020:ada"] } }, issue],
  [{ kind: "issue.link", link: { key: "APP-2", type: "is blocked by" } }, issue],
  [{ kind: "issue.link", link: { url: "https://example.com/page", title: "Page", id: "page-1" } }, issue],
  [{ kind: "issue.watch", user: "712020:ada", watch: true }, issue],
  [{ kind: "issue.watch", user: "712020:ada", watch: false }, issue],
];

describe.skipIf(corpora === undefined)("against Atlassian's API description (skipped without DEVFLOW_CORPORA)", () => {
  let judge: ChildProcess;
  let server: Emulator;
  let log = "";
  let judgeUrl = "";

  beforeAll(async () => {
    server = await emulator({ standing: ["To Do", "In Progress", "In Review", "Done"] });
    const port = await freePort();
    judgeUrl = `http://127.0.0.1:${port}`;
    judge = spawn(process.execPath, [join(corpora ?? "", "judge.mjs"), "jira", String(port)], {
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
  }, 180_000);
  afterAll(async () => {
    judge.kill();
    await server.close();
  });

  /** What the judge says about a piece of work, and how many requests it heard. */
  async function verdict(work: (adapter: ReturnType<typeof adapterOf>, context: ReturnType<typeof world>) => Promise<unknown>) {
    const before = log.length;
    let heard = 0;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
      if (url.includes("/rest/api/3/")) {
        heard += 1;
        // The judge asks for a credential and reads none.
        const told = await loopbackFetch(url.replace(server.url, judgeUrl), init);
        await told.body?.cancel();
      }
      return await loopbackFetch(input, init);
    };
    const context = world({ fetch });
    await work(adapterOf(), context);
    const answers = () => log.slice(before).match(/> Responding with|terminated with error/g)?.length ?? 0;
    await expect.poll(answers, { timeout: 10_000 }).toBe(heard);
    const found = log
      .slice(before)
      .split("\n")
      .filter((line) => /Violation: request|NO_PATH_MATCHED|NO_METHOD_MATCHED/.test(line));
    return { heard: heard > 0, found };
  }

  const adapterOf = () => jira({ apiUrl: server.url, deployment: "cloud" });
  const clean = { heard: true, found: [] };

  it("notices a wrong request", async () => {
    const { found } = await verdict(async (adapter, context) => {
      const { sendRequest } = await adapter.client("default", context);
      await sendRequest({ url: "/rest/api/3/issue/APP-1/comment", searchParams: { orderBy: "sideways" } });
    });
    expect(found).not.toEqual([]);
  });

  it.each(operations.map((one, index) => [`${index} ${one[0].kind}`, one] as const))(
    "finds nothing wrong with %s",
    async (_, [operation, to, messageId = "20000"]) => {
      const said = await verdict(async (adapter, context) => {
        const body = adapter.formatter.format(operation, to);
        for (const attempt of [1, 2]) {
          await adapter.sender
            .send({ key: `k-${operation.kind}`, kind: operation.kind, to, body, messageId, attempt }, context)
            .catch(gone);
        }
      });
      expect(said).toEqual(clean);
    },
  );

  it("finds nothing wrong with a file", async () => {
    const said = await verdict(async (adapter, context) => {
      const key = await context.blobs.put(Buffer.from("bytes"));
      const attachments = [{ kind: "file" as const, name: "a.txt", source: { type: "stored" as const, key } }];
      const body = adapter.formatter.format({ kind: "message.post", draft: { content: [], attachments } }, issue);
      await adapter.sender.send({ key: "f", kind: "message.post", to: issue, body, attachments, attempt: 1 }, context);
      const handle = server.state.issues.get("APP-1")?.files[0]?.id ?? "";
      await adapter.files?.open({ kind: "file", source: { type: "remote", handle } }, "default", { maxBytes: 10 }, context);
    });
    expect(said).toEqual(clean);
  });

  it.each<[string, (adapter: ReturnType<typeof adapterOf>, context: ReturnType<typeof world>) => Promise<unknown>]>([
    ["who we are", async (adapter, context) => await adapter.identify("default", context)],
    ["an issue", async (adapter, context) => await adapter.work?.get(issue, context)],
    [
      "issues",
      async (adapter, context) =>
        await all(
          adapter.work?.list(project, { state: "open", labels: ['a"b'], updatedSince: 1, assignee: "712020:ada" }, context),
        ),
    ],
    ["a search", async (adapter, context) => await all(adapter.work?.search('project = "APP"', "default", context))],
    ["candidates", async (adapter, context) => await adapter.work?.users("ada", project, context)],
    ["comments", async (adapter, context) => await adapter.archive?.history(issue, { limit: 5, before: "1" }, context)],
    ["a user", async (adapter, context) => await adapter.directory?.user("712020:ada", "default", context)],
    ["a project", async (adapter, context) => await adapter.directory?.conversation(project, context)],
    ["an issue's conversation", async (adapter, context) => await adapter.directory?.conversation(issue, context)],
  ])("finds nothing wrong with reading %s", async (_, work) => {
    expect(await verdict(work)).toEqual(clean);
  });

  it.each([[[]], [[{ id: 7, jqlFilter: "project = APP", expirationDate: 1 }]]])(
    "finds nothing wrong with the webhooks of an app: %j",
    async (values) => {
      server.once("GET", /\/webhook$/, { body: { values } });
      server.once("POST", /\/webhook$/, { body: { webhookRegistrationResult: [{ createdWebhookId: 1 }] } });
      server.once("PUT", /\/webhook\/refresh$/, { body: {} });
      const said = await verdict(async (_, context) => {
        const adapter = jira({
          apiUrl: server.url,
          deployment: "cloud",
          accessToken: "oauth-token",
          webhookJql: "project = APP",
        });
        await adapter.setup?.setup({ url: "https://bot.example", commands: [] }, context);
      });
      expect(said).toEqual(clean);
    },
  );
});

/** What the emulator does not have is not the judge's affair. */
function gone(): void {}

async function all(items: AsyncIterable<unknown> | undefined): Promise<void> {
  for await (const _ of items ?? []);
}
