import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Operation } from "@devflow/gateway/contract";

import { gitlab } from "../src/index.ts";
import { freePort } from "./support/port.ts";
import { change, draft, issue, project, world } from "./support/index.ts";

// A part of GitLab's own API description judges requests: users, notes, award emoji, issues, hooks. It is of a time before
// discussions, approvals, pipelines as they are now and issue links, and calls an issue's number `issue_id`.
const corpora = process.env["DEVFLOW_CORPORA"];
const snippet = { ...project, room: "12", thread: "$7" };
const here = { ...issue, room: "12" };
const there = { ...change, room: "12" };

const operations: readonly (readonly [Operation, typeof issue])[] = [
  [{ kind: "message.post", draft: draft("**hi** #1") }, here],
  [{ kind: "message.post", draft: draft("hi") }, there],
  [{ kind: "message.post", draft: draft("hi") }, snippet],
  [{ kind: "message.edit", messageId: "", draft: draft("edited") }, here],
  [{ kind: "message.delete", messageId: "" }, there],
  [{ kind: "reaction.add", messageId: "", emoji: "👍" }, here],
  [{ kind: "reaction.add", messageId: "", emoji: "🎉" }, there],
  [{ kind: "reaction.remove", messageId: "", emoji: "👍" }, here],
  [{ kind: "issue.create", issue: { title: "It breaks", body: "Text.", labels: ["bug"], confidential: true } }, here],
  [{ kind: "issue.update", update: { title: "Still", state: "closed", labels: ["a"] } }, here],
];

describe.skipIf(corpora === undefined)("against GitLab's API description (skipped without DEVFLOW_CORPORA)", () => {
  let judge: ChildProcess;
  let log = "";
  let apiUrl = "";

  beforeAll(async () => {
    const port = await freePort();
    apiUrl = `http://127.0.0.1:${port}`;
    judge = spawn(process.execPath, [join(corpora ?? "", "judge.mjs"), "gitlab", String(port)], {
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
  afterAll(async () => {
    judge.kill();
  });

  /** What the judge says about a piece of work; its example answers may be of any kind. */
  async function verdict(work: () => Promise<unknown>): Promise<readonly string[]> {
    const before = log.length;
    await work().catch(() => undefined);
    const count = (pattern: RegExp): number => log.slice(before).match(pattern)?.length ?? 0;
    // What it has got it has answered, one way or the other.
    await expect.poll(() => count(/Request received/g)).toBeGreaterThan(0);
    await expect.poll(() => count(/Responding with|Request terminated/g) >= count(/Request received/g)).toBe(true);
    return log
      .slice(before)
      .split("\n")
      .filter((line) => /Violation: request|did not pass|terminated with error/.test(line));
  }

  it("notices a wrong request", async () => {
    const client = await gitlab({ apiUrl }).client("default", world());
    expect(await verdict(async () => await client.IssueNotes.create(12, 5, "", { body: undefined } as never))).not.toEqual([]);
    expect(await verdict(async () => await client.requester.post("projects/12/nonsense/5", { body: {} }))).not.toEqual([]);
  });

  it.each(operations.map(([operation, to], index) => [`${index} ${operation.kind}`, operation, to] as const))(
    "finds nothing wrong with %s",
    async (_, operation, to) => {
      const adapter = gitlab({ apiUrl });
      const body = adapter.formatter.format(operation, to);
      const send = () => adapter.sender.send({ key: "k", kind: operation.kind, to, body, messageId: "101", attempt: 1 }, world());
      expect(await verdict(send)).toEqual([]);
    },
  );

  it.each<[string, (adapter: ReturnType<typeof gitlab>) => Promise<unknown>]>([
    ["identify", async (adapter) => await adapter.identify("default", world())],
    ["a person", async (adapter) => await adapter.directory?.user("11", "default", world())],
    ["a name", async (adapter) => await adapter.directory?.user("ada", "default", world())],
    ["a project", async (adapter) => await adapter.directory?.conversation({ ...project, room: "12" }, world())],
    ["notes", async (adapter) => await adapter.archive?.history(here, { limit: 5 }, world())],
    ["candidates", async (adapter) => await adapter.work?.users("ada", { ...project, room: "12" }, world())],
    ["an issue", async (adapter) => await adapter.work?.get(here, world())],
    [
      "hooks",
      async () => await gitlab({ apiUrl, projects: ["12"] }).setup?.setup({ url: "https://bot.example", commands: [] }, world()),
    ],
  ])("finds nothing wrong with asking for %s", async (_, work) => {
    expect(await verdict(async () => await work(gitlab({ apiUrl })))).toEqual([]);
  });
});
