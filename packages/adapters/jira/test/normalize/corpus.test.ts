import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EventKind } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { identity, receive, read } from "../support/index.ts";

const corpora = process.env["DEVFLOW_CORPORA"];
const folder = join(corpora ?? "", "payloads/jira");
const names = corpora === undefined ? [] : readdirSync(folder);

/** Kinds by the names of the files, which say what was done. */
const expected: readonly (readonly [RegExp, readonly EventKind[]])[] = [
  [/issue-created/, ["issue.opened"]],
  [/issue-deleted/, ["issue.deleted"]],
  [/resolved/, ["issue.closed"]],
  [/reopened/, ["issue.reopened"]],
  [/no-event-type|issue-updated-(?!commented)|assigned-empty|custom-field/, ["issue.updated"]],
  [/comment-created|commented/, ["message.created"]],
  [/comment-updated/, ["message.edited"]],
  [/comment-deleted/, ["message.deleted"]],
];

describe.skipIf(corpora === undefined)("payloads that Jira sent (skipped without DEVFLOW_CORPORA)", () => {
  it("is a corpus at all", () => {
    expect(names.length).toBeGreaterThan(25);
  });

  it.each(names)("reads %s as what was done", async (name) => {
    const payload = JSON.parse(readFileSync(join(folder, name), "utf8")) as {
      readonly timestamp: number;
      readonly issue?: { readonly key: string };
    };
    const { deliveries } = await receive(payload);
    const events = read(deliveries, identity);
    const kinds = expected.find(([pattern]) => pattern.test(name))?.[1];
    expect(events.map(({ kind }) => kind)).toEqual(kinds);
    for (const event of events) {
      const message = "message" in event ? event.message : undefined;
      const issue = "issue" in event ? event.issue : undefined;
      const { thread } = event.conversation.address;
      expect(event.conversation.kind).toBe("issue");
      expect([payload.issue?.key ?? thread, issue?.key ?? thread]).toEqual([thread, thread]);
      expect(message?.text).not.toBe("");
      expect(event.actor.id !== "" || event.kind === "message.deleted").toBe(true);
      expect(event.at).toBe(payload.timestamp);
      expect(() => JSON.stringify(event)).not.toThrow();
    }
  });

  it.each(names)("survives whatever is missing from %s, or of another type in it", (name) => {
    const payload = JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, unknown>;
    const parts = ["issue", "comment", "other", "comment:own", "issue:left=done"];
    for (const changed of [...variants(payload), ...variants(payload, "issue"), ...variants(payload, "comment")]) {
      for (const via of parts) {
        const delivery = { id: "x", account: "default", lane: "l", via, body: "", payload: changed, receivedAt: 1 };
        const events = read([delivery], identity);
        expect(events).toHaveLength(1);
        expect(JSON.stringify(events)).toContain(`"id":"jira:x"`);
      }
    }
  });

  it("tells each delivery apart, and a comment that came twice is one", async () => {
    const ids = new Map<string, string[]>();
    for (const name of names) {
      const { deliveries } = await receive(JSON.parse(readFileSync(join(folder, name), "utf8")) as object);
      for (const { id } of deliveries) ids.set(id, [...(ids.get(id) ?? []), name]);
    }
    const doubles = [...ids.values()].filter((files) => files.length > 1).map((files) => files.map((file) => file.slice(8, -5)));
    expect(new Set(doubles.map(String))).toEqual(
      new Set(
        [
          // One comment, as two events and as a variant of one of them.
          ["server-comment-created", "server-issue-updated-commented-1", "server-issue-updated-commented-mention-user"],
          // Variants that the corpus made by hand of one webhook.
          ["issue-created-no-relevant-fields", "issue-created-with-security-level"],
          ["server-issue-updated-commented-2", "server-issue-updated-commented-3"],
        ].map(String),
      ),
    );
  });
});

/** The payload with each field of it, or of one of its fields, left out and replaced by values of other types. */
function* variants(payload: Record<string, unknown>, within?: string): Generator<Record<string, unknown>> {
  const holder = within === undefined ? payload : payload[within];
  if (typeof holder !== "object" || holder === null) return;
  for (const name of Object.keys(holder)) {
    for (const value of [undefined, null, 7, "text", [[{}]], { items: 7, fields: [], key: {}, id: [] }]) {
      const changed = { ...holder, [name]: value };
      yield within === undefined ? changed : { ...payload, [within]: changed };
    }
  }
}
