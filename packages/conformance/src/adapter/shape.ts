import assert from "node:assert/strict";
import type { Attachment, Capabilities, NodeType, OperationKind, Support } from "@devflow/gateway/contract";
import { assertPlain } from "./plain.ts";
import { dependenciesOf, loadedModules } from "./graph.ts";
import type { Statement } from "./subject.ts";

const nodeTypes = Object.keys({
  paragraph: 1,
  heading: 1,
  list: 1,
  listItem: 1,
  blockquote: 1,
  code: 1,
  table: 1,
  thematicBreak: 1,
  fields: 1,
  actions: 1,
  text: 1,
  strong: 1,
  emphasis: 1,
  delete: 1,
  spoiler: 1,
  inlineCode: 1,
  link: 1,
  image: 1,
  break: 1,
  mention: 1,
  emoji: 1,
} satisfies Record<NodeType, 1>) as readonly NodeType[];

/** Operations of the contract itself; adapters may have more. */
export const operationKinds: readonly OperationKind[] = [
  "message.post",
  "message.edit",
  "message.delete",
  "reaction.add",
  "reaction.remove",
  "typing.start",
  "stream.begin",
  "stream.append",
  "stream.end",
  "form.open",
  "issue.create",
  "issue.update",
  "issue.link",
  "issue.watch",
  "change.create",
  "change.merge",
  "review.submit",
  "pipeline.run",
  "pipeline.cancel",
  "pipeline.retry",
];

const attachmentKinds = Object.keys({
  image: 1,
  video: 1,
  audio: 1,
  voice: 1,
  file: 1,
  sticker: 1,
  location: 1,
  contact: 1,
  poll: 1,
  unsupported: 1,
} satisfies Record<Attachment["kind"], 1>) as readonly Attachment["kind"][];

/** What the adapter is, before anything is sent or received. */
export const shapeStatements: readonly Statement[] = [
  {
    id: "A-1",
    says: "speaks contract 1 under a platform name that fits a path and a key",
    check({ make, options }) {
      const adapter = make();
      assert.equal(adapter.contract, 1);
      assert.match(adapter.platform, /^[a-z][a-z0-9-]{0,31}$/);
      assert.equal(options.to.platform, adapter.platform, "`to` of the suite is on another platform");
    },
  },
  {
    id: "A-2",
    says: "has every required part, a way in, and no role by half",
    check({ make, options }) {
      const { transports, normalizer, formatter, sender, site, files, ...rest } = make();
      const methods = { ...normalizer, ...formatter, ...sender, ...rest, needsIdentity: undefined } as Record<string, unknown>;
      for (const name of ["normalize", "measure", "format", "send", "capabilities", "limits", "identify", "client"]) {
        assert.equal(typeof methods[name], "function", `${name} is missing`);
      }
      assert.match(typeof normalizer.needsIdentity, /^(?:boolean|function)$/, "normalizer.needsIdentity is missing");
      assert.ok(transports.webhook ?? transports.connection ?? site, "no webhook, no connection, no site: nothing can come in");
      assert.equal(
        transports.webhook !== undefined,
        options.webhook !== undefined,
        "the suite's `webhook` differs from the adapter",
      );
      assert.ok(!files || options.server?.isDownload, "an adapter with `files` needs `server.isDownload` in the suite's options");
      for (const id of Object.keys(options.except ?? {})) assert.match(id, /^A-\d+$/, `\`except\` names ${id}`);
    },
  },
  {
    id: "A-3",
    says: "lists every node, operation and attachment kind in its table, each native, emulated or none",
    check({ make, options }) {
      for (const table of [make().capabilities(), make().capabilities(options.to)]) {
        assertSupport(table.nodes, nodeTypes, "nodes");
        assertSupport(table.operations, Object.keys(table.operations), "operations");
        assertSupport(table.attachments.kinds, attachmentKinds, "attachments.kinds");
      }
    },
  },
  {
    id: "A-4",
    says: "has limits, windows and paces that are possible, and that agree with each other",
    check({ make, options }) {
      for (const table of [make().capabilities(), make().capabilities(options.to)]) assertConsistent(table);
    },
  },
  {
    id: "A-5",
    says: "gives the same table each time it is asked, as plain data",
    check({ make, options }) {
      const adapter = make();
      assert.deepEqual(adapter.capabilities(options.to), adapter.capabilities(options.to));
      assertPlain(adapter.capabilities(options.to), "capabilities");
      assert.deepEqual(make().capabilities(), make().capabilities());
    },
  },
  {
    id: "A-6",
    says: "names for each operation buckets that can be drawn from, under platform and account",
    check({ make, options }) {
      const adapter = make();
      for (const kind of operationKinds.filter(
        (one) => (adapter.capabilities(options.to).operations[one] ?? "none") !== "none",
      )) {
        const buckets = adapter.limits(kind, options.to);
        assert.deepEqual(buckets, adapter.limits(kind, options.to), `${kind}: differs when asked again`);
        assert.equal(new Set(buckets.map(({ key }) => key)).size, buckets.length, `${kind}: the same bucket twice`);
        for (const { key, rate, periodMs, burst, cost = 1 } of buckets) {
          assert.ok(key.startsWith(`${adapter.platform}/${options.to.account}`), `${kind}: bucket ${key} is not ours`);
          assert.ok(rate > 0 && periodMs > 0 && cost > 0, `${kind}: bucket ${key} never refills`);
          assert.ok(burst >= cost, `${kind}: bucket ${key} is smaller than one operation`);
        }
      }
    },
  },
  {
    id: "A-7",
    says: "never lets two accounts share a bucket",
    check({ make, options }) {
      const adapter = make();
      const other = { ...options.to, account: `${options.to.account}-2` };
      for (const kind of operationKinds) {
        const ours = new Set(adapter.limits(kind, options.to).map(({ key }) => key));
        const shared = adapter.limits(kind, other).filter(({ key }) => ours.has(key));
        assert.deepEqual(shared, [], `${kind}: shared buckets`);
      }
    },
  },
  {
    id: "A-8",
    says: "loads no SDK when it is imported, prints nothing and keeps no process alive",
    async check({ options }) {
      const modules = await loadedModules(options.entry);
      const loaded = dependenciesOf(options.entry).filter((name) =>
        modules.some((url) => url.includes(`/node_modules/${name}/`)),
      );
      assert.deepEqual(loaded, [], "loaded at import");
    },
  },
];

function assertSupport(table: Readonly<Record<string, Support>>, keys: readonly string[], what: string): void {
  for (const key of keys) {
    assert.ok(["native", "emulated", "none"].includes(table[key] ?? ""), `${what}.${key} is ${String(table[key])}`);
  }
}

function assertConsistent({ text, nodes, operations, attachments, actions, windows, stream, ...rest }: Capabilities): void {
  const positive = (value: number, what: string): void => assert.ok(Number.isInteger(value) && value > 0, `${what} is ${value}`);
  const counts = (value: number, what: string): void => assert.ok(Number.isInteger(value) && value >= 0, `${what} is ${value}`);
  positive(text.limit, "text.limit");
  positive(text.editLimit, "text.editLimit");
  assert.ok(["utf16", "codepoint", "byte"].includes(text.unit), `text.unit is ${text.unit}`);
  for (const node of ["paragraph", "text"] as const) assert.notEqual(nodes[node], "none", `nodes.${node} is none`);
  assert.equal(operations["message.post"], "native", "an adapter that cannot post is none");
  assert.notEqual(operations["message.edit"], "emulated", "nobody can emulate an edit");
  const streams = new Set([operations["stream.begin"], operations["stream.append"], operations["stream.end"]]);
  assert.equal(streams.size, 1, "begin, append and end of a stream go together");
  if (streams.has("emulated")) assert.equal(operations["message.edit"], "native", "an emulated stream needs edits");
  const carries = Object.values(attachments.kinds).some((support) => support === "native");
  counts(attachments.captionLimit, "attachments.captionLimit");
  assert.ok(attachments.captionLimit <= text.limit, "a caption is longer than a message");
  assert.equal(
    carries,
    attachments.perMessage > 0 && attachments.maxBytes > 0,
    "attachments: kinds, perMessage and maxBytes disagree",
  );
  counts(actions.buttons, "actions.buttons");
  counts(actions.selects, "actions.selects");
  counts(actions.options, "actions.options");
  if (actions.buttons + actions.selects > 0) positive(actions.labelLimit, "actions.labelLimit");
  assert.equal(nodes.actions === "native", actions.buttons + actions.selects > 0, "nodes.actions and the counts disagree");
  for (const [name, value] of Object.entries(windows)) if (value !== undefined) positive(value, `windows.${name}`);
  positive(stream.intervalMs, "stream.intervalMs");
  if (stream.rotateMs !== undefined) assert.ok(stream.rotateMs > stream.intervalMs, "stream.rotateMs is below stream.intervalMs");
  assert.equal(typeof rest.onlyFor, "boolean", "onlyFor");
  assert.equal(typeof rest.idempotent, "boolean", "idempotent");
}
