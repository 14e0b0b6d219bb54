import type { Event } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { normalizer } from "../../src/normalize/index.ts";
import { delivery, identity, message } from "../support/updates.ts";

const item = (id: number, more: object = {}): object => ({
  message: message({ message_id: id, media_group_id: "g1", photo: [{ file_id: `p${id}` }], ...more }),
});

function normalize(...updates: readonly object[]): readonly Event[] {
  return normalizer.normalize(
    updates.map((update) => delivery({ ...update })),
    identity,
  );
}

describe("albums", () => {
  it("lesson 20: an album is one message, its files in order, whatever order they came in", () => {
    const events = normalize(item(12), item(11, { caption: "our trip" }), item(13));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      kind: "message.created",
      message: {
        id: "11",
        text: "our trip",
        attachments: ["p11", "p12", "p13"].map((id) => ({ source: { handle: `123456/photo/${id}` } })),
      },
    });
  });

  it("is named after the part that came first, so that a redelivery is known", () => {
    const parts = [delivery({ ...item(12) }), delivery({ ...item(11) })];
    expect(normalizer.normalize(parts, identity)[0]?.id).toBe(`telegram:${parts[0]?.id}`);
  });

  it("keeps each caption where every item has one, and a mention in any of them", () => {
    const mentioned = { caption: "@rig_bot", caption_entities: [{ type: "mention", offset: 0, length: 8 }] };
    const [event] = normalize(item(11, { caption: "one" }), item(12, mentioned));
    expect(event).toMatchObject({ message: { text: "one\n\n@rig_bot", addressed: true } });
  });

  it("whose items came too far apart is more than one message, and nothing is lost", () => {
    const events = [...normalize(item(11), item(12)), ...normalize(item(13))];
    expect(events.map((event) => ("message" in event ? event.message.attachments.length : 0))).toEqual([2, 1]);
  });

  it("does not swallow what is no album", () => {
    expect(normalize(item(11), { message: message({ text: "hello" }) })).toHaveLength(2);
  });
});
