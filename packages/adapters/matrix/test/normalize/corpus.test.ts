import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type JsonObject } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { normalizer, reception } from "../../src/normalize/index.ts";
import { account, delivered, event, relation, room, text, world } from "../support/events.ts";

const corpora = process.env.DEVFLOW_CORPORA;
const folder = join(corpora ?? "", "payloads/matrix");
const kinds: Readonly<Record<string, string>> = {
  "m.room.message": "message.created",
  "m.room.redaction": "message.deleted",
};

describe.skipIf(corpora === undefined)("examples of the specification (skipped without DEVFLOW_CORPORA)", () => {
  const names = corpora === undefined ? [] : readdirSync(folder);

  it.each(names)("%s", async (name) => {
    const parsed: unknown = parse(readFileSync(join(folder, name), "utf8"));
    const example = isObject(parsed) ? parsed : {};
    // The examples leave out what they share.
    const type = name.split("$")[0]?.replace(/\.yaml$/, "") ?? "";
    const whole: JsonObject = {
      type,
      event_id: "$example",
      sender: "@ada:example.org",
      origin_server_ts: 1_767_225_600_000,
      ...example,
    };
    const delivery = await reception({ account, room, event: whole, direct: false, title: undefined }, world());
    const [found, ...more] = normalizer({}).normalize([delivery], undefined);
    expect(more).toEqual([]);
    expect(found?.kind).toBe(kinds[type] ?? found?.kind);
    expect(found?.raw).toMatchObject({ type: whole.type });
  });
});

describe("broken events", () => {
  const events = [
    text("hello", { format: "org.matrix.custom.html", formatted_body: "<b>hello", ...relation("m.thread") }),
    text("* b", { "m.new_content": { msgtype: "m.text", body: "b" }, ...relation("m.replace") }),
    event("m.room.message", { msgtype: "m.file", body: "a", url: "mxc://e.org/a", info: { size: 1 } }),
    event("m.reaction", relation("m.annotation", { key: "👍" })),
    event("m.room.redaction", { redacts: "$a" }),
    event("m.room.member", { membership: "join" }, { state_key: "@eve:example.org" }),
  ];

  it("never make reception or normalizer throw, and never vanish", async () => {
    const context = world();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...events),
        fc.constantFrom("content", "type", "event_id", "sender", "state_key", "origin_server_ts", "unsigned"),
        fc.jsonValue(),
        async (one, field, value) => {
          const broken = { ...one, [field]: value };
          const delivery = await reception({ account, room, event: broken, direct: false, title: undefined }, context);
          const found = normalizer({}).normalize([delivery], undefined);
          expect(found).toHaveLength(1);
          expect(JSON.parse(JSON.stringify(found[0]))).toMatchObject({ platform: "matrix", account });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("of any sort of JSON are survived, within the content too", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom("body", "formatted_body", "m.relates_to", "m.mentions", "info", "m.new_content", "filename"),
        (value, field) => {
          expect(normalizer({}).normalize([delivered(value)], undefined)).toHaveLength(1);
          const base = { msgtype: "m.file", body: "x", format: "org.matrix.custom.html" };
          expect(
            normalizer({}).normalize([delivered(event("m.room.message", { ...base, [field]: value }))], undefined),
          ).toHaveLength(1);
        },
      ),
    );
  });
});
