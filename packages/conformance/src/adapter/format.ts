import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Adapter, Address, Attachment, Content, Operation, OperationKind, PreparedDraft } from "@devflow/gateway/contract";
import { degrade, parseMarkdown, plainText, splitContent } from "@devflow/gateway/kit";
import { contents, texts } from "./corpus.ts";
import { assertPlain, deepFreeze, throughJson } from "./plain.ts";
import { operationKinds } from "./shape.ts";
import type { Statement } from "./subject.ts";

const anyMessage = "canary-message-id";
/** Of one seed, so that what failed today fails tomorrow. */
const propertyRuns = { numRuns: 60, seed: 20_260_101 };

/** What is said on the platform. */
export const formatStatements: readonly Statement[] = [
  {
    id: "A-40",
    says: "formats every operation that its table knows to plain JSON, for any content, leaving the operation as it was",
    check({ make, options: { to } }) {
      const adapter = make();
      for (const kind of ownOperations(adapter, to)) {
        for (const [name, content] of Object.entries(contents)) {
          for (const operation of operationsOf(kind, { content: fitted(adapter, to, content)[0] ?? [], attachments: [] })) {
            const frozen = deepFreeze(structuredClone(operation));
            const body = adapter.formatter.format(frozen, to);
            assertPlain(body, `${kind} of ${name}`);
            assert.deepEqual(throughJson(adapter.formatter.format(frozen, to)), throughJson(body), `${kind} of ${name}: differs`);
          }
        }
      }
    },
  },
  {
    id: "A-41",
    says: "measures so that whatever the core splits fits, and nothing of a text is lost",
    check({ make, options: { to } }) {
      const adapter = make();
      for (const text of texts) assertFits(adapter, to, text);
      fc.assert(
        fc.property(fc.string({ unit: "grapheme", maxLength: 12_000, size: "max" }), (text) => assertFits(adapter, to, text)),
        propertyRuns,
      );
    },
  },
  {
    id: "A-42",
    says: "measures nothing as nothing, and more as more",
    check({ make }) {
      const { formatter } = make();
      const size = (length: number): number =>
        formatter.measure([{ type: "paragraph", children: [{ type: "text", value: "a".repeat(length) }] }]);
      assert.equal(formatter.measure([]), 0, "empty content");
      for (const length of [1, 2, 10, 1000]) {
        assert.ok(size(length) >= length && size(length) < size(length + 1), `${length} letters measure ${size(length)}`);
      }
    },
  },
  {
    id: "A-43",
    says: "lays the draft's native fields over the body as they are, its own platform's alone",
    check({ make, options: { to } }) {
      const adapter = make();
      const said = (native: PreparedDraft["native"]): string => {
        const draft = { content: contents["a word"] ?? [], attachments: [], ...(native && { native }) };
        return JSON.stringify(adapter.formatter.format({ kind: "message.post", draft }, to));
      };
      const ours = said({ [to.platform]: { probe_field: { inner: ["probe-value"] } } });
      assert.ok(ours.includes('"probe_field":{"inner":["probe-value"]}'), `not in the body: ${ours}`);
      assert.equal(
        said({ [`${to.platform}-other`]: { probe_field: "probe-value" } }),
        said(undefined),
        "another platform's fields",
      );
    },
  },
  {
    id: "A-44",
    says: "keeps the message id out of the body: it may not be known yet",
    check({ make, options: { to } }) {
      const adapter = make();
      for (const kind of ownOperations(adapter, to)) {
        for (const operation of operationsOf(kind, { content: contents["a word"] ?? [], attachments: [] })) {
          assert.ok(
            !JSON.stringify(adapter.formatter.format(operation, to)).includes(anyMessage),
            `${kind} holds the message id`,
          );
        }
      }
    },
  },
  {
    id: "A-45",
    says: "takes an empty field for an absent one",
    check({ make, options: { to } }) {
      const adapter = make();
      const plain: PreparedDraft = { content: contents["a word"] ?? [], attachments: [] };
      const said = (draft: PreparedDraft, at = to): unknown =>
        throughJson(adapter.formatter.format({ kind: "message.post", draft }, at));
      for (const empty of [{ replyTo: "" }, { onlyFor: "" }, { native: {} }, { silent: false }, { broadcast: false }]) {
        assert.deepEqual(said({ ...plain, ...empty }), said(plain), JSON.stringify(empty));
      }
      // Where nothing can be said in a room itself, both are refused.
      const outcome = (at: Address): unknown => {
        try {
          return said(plain, at);
        } catch (error) {
          return String(error);
        }
      };
      assert.deepEqual(outcome({ ...to, thread: "" }), outcome(withoutThread(to)), 'thread: ""');
    },
  },
  {
    id: "A-46",
    says: "formats a draft of attachments alone, and one of nothing it refuses with content.rejected or formats",
    check({ make, options: { to } }) {
      const adapter = make();
      const { kinds } = adapter.capabilities(to).attachments;
      for (const kind of (Object.keys(kinds) as Attachment["kind"][]).filter((one) => kinds[one] === "native")) {
        const draft = { content: [], attachments: [attachmentOf(kind)] };
        assertPlain(adapter.formatter.format({ kind: "message.post", draft }, to), `an ${kind} alone`);
      }
      try {
        assertPlain(adapter.formatter.format({ kind: "message.post", draft: { content: [], attachments: [] } }, to), "nothing");
      } catch (error) {
        assert.equal((error as { code?: string }).code, "content.rejected", String(error));
      }
    },
  },
];

/** An attachment of each kind, as the core hands it to a formatter. */
function attachmentOf(kind: Attachment["kind"]): Attachment {
  if (kind === "location") return { kind, location: { latitude: 52.5, longitude: 13.4, title: "Berlin" } };
  if (kind === "contact") return { kind, contact: { name: "Ada", phone: "+100" } };
  if (kind === "poll") return { kind, name: "Lunch?" };
  return {
    kind,
    source: { type: "url", url: "https://example.com/file" },
    name: "file.bin",
    mediaType: "application/octet-stream",
    bytes: 4,
  };
}

/** Operations that the adapter itself formats at this address. */
export function ownOperations(adapter: Adapter, to: Address): readonly OperationKind[] {
  return operationKinds.filter((kind) => adapter.capabilities(to).operations[kind] === "native");
}

/** Examples of an operation, with `draft` where it takes one. */
export function operationsOf(kind: OperationKind, draft: PreparedDraft, messageId: string = anyMessage): readonly Operation[] {
  const examples: Record<string, readonly Operation[]> = {
    "message.post": [
      { kind: "message.post", draft },
      { kind: "message.post", draft: { ...draft, replyTo: "reply-id", silent: true, broadcast: true } },
    ],
    "message.edit": [{ kind: "message.edit", messageId, draft }],
    "message.delete": [{ kind: "message.delete", messageId }],
    "reaction.add": [{ kind: "reaction.add", messageId, emoji: "👍" }],
    "reaction.remove": [{ kind: "reaction.remove", messageId, emoji: "own_emoji" }],
    "typing.start": [{ kind: "typing.start" }],
    "stream.begin": [{ kind: "stream.begin", text: "Once" }],
    "stream.append": [{ kind: "stream.append", messageId, text: " upon", full: "Once upon" }],
    "stream.end": [{ kind: "stream.end", messageId, text: " a time", draft }],
    "form.open": [
      {
        kind: "form.open",
        trigger: "trigger-1",
        form: {
          id: "feedback",
          title: "Feedback",
          state: "s",
          fields: [
            { id: "text", label: "Text", kind: "text", multiline: true, optional: true },
            { id: "mood", label: "Mood", kind: "select", options: [{ label: "Good", value: "good" }] },
          ],
        },
      },
    ],
    "issue.create": [
      { kind: "issue.create", issue: { title: "It *breaks*", body: "When **saving**.\n\n- once" } },
      { kind: "issue.create", issue: { title: "Broken", labels: ["bug"], assignees: ["ada"], type: "Bug" } },
    ],
    "issue.update": [
      { kind: "issue.update", update: { title: "Still broken", body: "", state: "closed" } },
      { kind: "issue.update", update: { state: "open", labels: { add: ["bug"], remove: ["new"] }, assignees: ["ada"] } },
    ],
    "issue.link": [
      { kind: "issue.link", link: { key: "APP-2", type: "Blocks" } },
      { kind: "issue.link", link: { url: "https://example.com/page", title: "Page", id: "page-1" } },
    ],
    "issue.watch": [{ kind: "issue.watch", user: "ada", watch: true }],
    "change.create": [
      { kind: "change.create", change: { title: "Fix it", body: "See _below_.", from: "fix", into: "main", draft: true } },
    ],
    "change.merge": [
      { kind: "change.merge", merge: { method: "squash", sha: "a".repeat(40), title: "Fix it", deleteBranch: true } },
    ],
    "review.submit": [
      { kind: "review.submit", review: { verdict: "approve" } },
      {
        kind: "review.submit",
        review: {
          verdict: "comment",
          body: "Nearly.",
          comments: [{ path: "src/a.ts", line: 3, startLine: 2, body: "Why?", suggestion: "return 1" }],
        },
      },
    ],
    "pipeline.run": [
      { kind: "pipeline.run", run: { workflow: "deploy.yml", ref: "main", inputs: { dryRun: true, env_URL: "x" } } },
    ],
    "pipeline.cancel": [{ kind: "pipeline.cancel", pipeline: "42" }],
    "pipeline.retry": [{ kind: "pipeline.retry", pipeline: "42", failedOnly: true }],
  };
  return examples[kind] ?? [];
}

/** What the core makes of a content before a formatter sees it. */
function fitted(adapter: Adapter, to: Address, content: Content): readonly Content[] {
  const table = adapter.capabilities(to);
  return splitContent(degrade(content, table).content, table.text.limit, (part) => adapter.formatter.measure(part));
}

function assertFits(adapter: Adapter, to: Address, text: string): void {
  const table = adapter.capabilities(to);
  const { limit } = table.text;
  const content = parseMarkdown(text);
  const parts = fitted(adapter, to, content);
  for (const part of parts) {
    const size = adapter.formatter.measure(part);
    assert.ok(size <= limit, `a part measures ${size} of ${limit}`);
    adapter.formatter.format({ kind: "message.post", draft: { content: part, attachments: [] } }, to);
  }
  const kept = letters(parts.map(plainText).join(""));
  let at = 0;
  for (const letter of letters(plainText(degrade(content, table).content))) at = kept.indexOf(letter, at) + 1 || Infinity;
  assert.notEqual(at, Infinity, "letters are lost");
}

/** Letters alone: splitting may add marks, numbers, space, and the head of a table again, and takes nothing. */
function letters(text: string): string {
  return text.replace(/\P{L}/gu, "");
}

function withoutThread({ thread: _, ...rest }: Address): Address {
  return rest;
}
