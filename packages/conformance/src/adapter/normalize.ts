import assert from "node:assert/strict";
import type { Attachment, Block, Content, Delivery, Event, Inline, Message } from "@devflow/gateway/contract";
import { mutants } from "./mutate.ts";
import { assertPlain, deepFreeze, throughJson } from "./plain.ts";
import { eachFixture, normalize, type Statement } from "./subject.ts";

/** Enough for each value of a large payload once, few enough for a second. */
const mutantsPerDelivery = 1500;

/** What events are. */
export const normalizeStatements: readonly Statement[] = [
  {
    id: "A-30",
    says: "reads each fixture as the events it stands for",
    async check(subject) {
      assert.ok(subject.options.fixtures.length > 0, "no fixtures");
      await eachFixture(subject, (fixture, deliveries, adapter) => {
        const kinds = deliveries.flatMap((delivery) => normalize(subject, adapter, delivery).map(({ kind }) => kind));
        assert.deepEqual(kinds, fixture.kinds);
      });
    },
  },
  {
    id: "A-31",
    says: "is pure: the same input gives equal events, and the input stays as it was",
    async check(subject) {
      await eachFixture(subject, (_, deliveries, adapter) => {
        for (const delivery of deliveries) {
          const frozen = deepFreeze(structuredClone(delivery));
          const first = throughJson(normalize(subject, adapter, frozen));
          assert.deepEqual(throughJson(normalize(subject, adapter, frozen)), first);
        }
      });
    },
  },
  {
    id: "A-32",
    says: "gives the same events from the stored bytes, in an adapter that never saw the request",
    async check(subject) {
      await eachFixture(subject, (_, deliveries, adapter) => {
        for (const delivery of deliveries) {
          const stored = { ...throughJson(delivery), payload: JSON.parse(delivery.body) as unknown };
          const fresh = subject.make();
          assert.deepEqual(throughJson(normalize(subject, fresh, stored)), throughJson(normalize(subject, adapter, delivery)));
        }
      });
    },
  },
  {
    id: "A-33",
    says: "makes events of plain JSON, content and raw included",
    async check(subject) {
      await eachFixture(subject, (_, deliveries, adapter) => {
        for (const event of deliveries.flatMap((delivery) => normalize(subject, adapter, delivery)))
          assertPlain(event, event.kind);
      });
    },
  },
  {
    id: "A-34",
    says: "names each event after its delivery, and no two the same",
    async check(subject) {
      const seen = new Set<string>();
      await eachFixture(subject, (_, deliveries, adapter) => {
        for (const delivery of deliveries) {
          const ids = normalize(subject, adapter, delivery).map(({ id }) => id);
          const expected = ids.map((__, index) => `${adapter.platform}:${delivery.id}${index === 0 ? "" : `#${index}`}`);
          assert.deepEqual(ids, expected);
          for (const id of ids) assert.ok(!seen.has(id), `${id} appears twice`);
          for (const id of ids) seen.add(id);
        }
      });
    },
  },
  {
    id: "A-35",
    says: "puts platform, account, time, place and actor into every envelope",
    async check(subject) {
      await eachFixture(subject, (_, deliveries, adapter) => {
        for (const delivery of deliveries) {
          for (const event of normalize(subject, adapter, delivery)) assertEnvelope(event, adapter.platform, delivery);
        }
      });
    },
  },
  {
    id: "A-36",
    says: "never throws, whatever is missing from a payload or of another type in it, and pollutes no prototype",
    async check(subject) {
      await eachFixture(subject, (_, deliveries, adapter) => {
        for (const delivery of deliveries) {
          for (const payload of mutants(delivery.payload, mutantsPerDelivery)) survive(subject, adapter, delivery, payload);
        }
      });
      assert.equal(({} as { polluted?: boolean }).polluted, undefined, "a payload reached Object.prototype");
    },
  },
  {
    id: "A-37",
    says: "keeps what it does not know, as platform.event",
    check({ options }) {
      const unknown = options.fixtures.filter(({ kinds }) => kinds.includes("platform.event"));
      assert.ok(unknown.length > 0, "no fixture of something unknown");
    },
  },
  {
    id: "A-38",
    says: "marks as self what the gateway itself did, and nothing else",
    async check(subject) {
      assert.ok(
        subject.options.fixtures.some(({ self }) => self === true),
        "no fixture of a message of our own",
      );
      await eachFixture(subject, (fixture, deliveries, adapter) => {
        for (const event of deliveries.flatMap((delivery) => normalize(subject, adapter, delivery))) {
          assert.equal(event.actor.self, fixture.self ?? false);
        }
      });
    },
  },
  {
    id: "A-39",
    says: "gives every message an id, text, content within the model, and attachments that are data",
    async check(subject) {
      await eachFixture(subject, (_, deliveries, adapter) => {
        for (const event of deliveries.flatMap((delivery) => normalize(subject, adapter, delivery))) {
          if ("message" in event) assertMessage(event.message);
        }
      });
    },
  },
];

function survive(
  subject: Parameters<typeof normalize>[0],
  adapter: Parameters<typeof normalize>[1],
  delivery: Delivery,
  payload: unknown,
): void {
  try {
    const events = normalize(subject, adapter, { ...delivery, body: JSON.stringify(payload), payload });
    JSON.stringify(events);
    for (const event of events) assert.ok(event.id.startsWith(`${adapter.platform}:${delivery.id}`), `the id ${event.id}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    assert.fail(`${reason}, given ${JSON.stringify(payload).slice(0, 600)}`);
  }
}

function assertEnvelope(event: Event, platform: string, delivery: Delivery): void {
  const { address } = event.conversation;
  assert.equal(event.platform, platform);
  assert.equal(event.account, delivery.account);
  assert.equal(address.platform, platform);
  assert.equal(address.account, delivery.account);
  assert.ok(address.room !== "" && address.thread !== "", "an empty room or thread");
  assert.ok(["direct", "group", "channel", "issue", "change", "project"].includes(event.conversation.kind));
  assert.ok(Number.isFinite(event.at) && event.at > Date.UTC(2000, 0, 1), `at is ${event.at}: not milliseconds`);
  assert.ok(["person", "bot", "system", "unknown"].includes(event.actor.kind), `actor.kind is ${event.actor.kind}`);
  assert.equal(typeof event.actor.id, "string");
}

function assertMessage({ id, text, content, attachments, addressed, sentAt, author }: Message): void {
  assert.ok(id !== "", "a message without an id");
  assert.equal(typeof text, "string");
  assert.equal(typeof addressed, "boolean");
  assert.equal(typeof author.self, "boolean");
  assert.ok(Number.isFinite(sentAt) && sentAt > Date.UTC(2000, 0, 1), `sentAt is ${sentAt}: not milliseconds`);
  assertContent(content);
  for (const attachment of attachments) assertAttachment(attachment);
}

function assertAttachment({ kind, source }: Attachment): void {
  const kinds = ["image", "video", "audio", "voice", "file", "sticker", "location", "contact", "poll", "unsupported"];
  assert.ok(kinds.includes(kind), `an attachment of kind ${kind}`);
  if (source) assert.ok(["url", "stored", "remote"].includes(source.type), `a source of type ${source.type}`);
}

const leaves = new Set(["text", "inlineCode", "image", "break", "mention", "emoji"]);
const spans = new Set(["strong", "emphasis", "delete", "spoiler", "link"]);

function assertContent(content: Content): void {
  for (const block of content) assertBlock(block);
}

function assertBlock(node: Block): void {
  switch (node.type) {
    case "paragraph":
    case "heading":
      return assertInline(node.children);
    case "list":
      return node.children.forEach((item) => {
        assert.equal(item.type, "listItem");
        assertContent(item.children);
      });
    case "blockquote":
      return assertContent(node.children);
    case "table":
      return node.children.forEach((row) => row.children.forEach((cell) => assertInline(cell.children)));
    case "fields":
      return node.items.forEach(({ value }) => assertInline(value));
    case "code":
    case "thematicBreak":
    case "actions":
      return;
    default:
      assert.fail(`content holds ${JSON.stringify(node)}, which is no block`);
  }
}

function assertInline(nodes: readonly Inline[]): void {
  for (const node of nodes) {
    assert.ok(leaves.has(node.type) || spans.has(node.type), `content holds ${JSON.stringify(node)}, which is no inline node`);
    if ("children" in node) assertInline(node.children);
  }
}
