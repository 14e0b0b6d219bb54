import { isGatewayError, isObject, plainText } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMarkup } from "../../src/normalize/markup.ts";
import { account, ada, change, deliveriesOf, display, envelope, incoming, status } from "../support/index.ts";
import { hostileText as text, processorMs as cost, textBombs as bombs } from "@devflow/conformance";
import { whatsapp } from "../../src/index.ts";

const names = [
  "type",
  "id",
  "from",
  "text",
  "body",
  "interactive",
  "button_reply",
  "reaction",
  "emoji",
  "errors",
  "context",
  "image",
  "edit",
  "message",
  "contacts",
  "profile",
  "metadata",
  "messages",
  "statuses",
  "groups",
  "status",
  "value",
  "field",
  "__proto__",
  "constructor",
];
const types = [
  "text",
  "image",
  "interactive",
  "reaction",
  "edit",
  "revoke",
  "contacts",
  "location",
  "unsupported",
  "button",
  "order",
  "system",
];
const anything = fc.letrec((tie) => ({
  any: fc.oneof(
    fc.constantFrom(null, "", 0, true, ada, display, account, ...types),
    fc.string(),
    fc.double(),
    tie("list"),
    tie("object"),
  ),
  list: fc.array(tie("any"), { maxLength: 3 }),
  object: fc.dictionary(fc.constantFrom(...names), tie("any"), { maxKeys: 6 }),
})).any;

describe("hostile payloads", () => {
  it("become events, whatever they hold, and nothing is thrown but wire.malformed", async () => {
    const { normalizer } = whatsapp();
    const shapes = fc.tuple(fc.constantFrom(...types), anything).map(([type, random]) => {
      const some = isObject(random) ? random : { [type]: random };
      return [
        JSON.stringify(random) ?? "null",
        envelope(some),
        envelope(change(some)),
        envelope(incoming({ type, [type]: random, ...some })),
        envelope(status(some)),
      ];
    });
    await fc.assert(
      fc.asyncProperty(shapes, async (bodies) => {
        for (const body of bodies) {
          try {
            for (const delivery of await deliveriesOf(body)) {
              const events = normalizer.normalize([delivery], undefined);
              expect(events.length).toBeGreaterThan(0);
              expect(delivery.id.length).toBeLessThan(500);
              JSON.stringify(events);
            }
          } catch (error) {
            if (!isGatewayError(error) || error.code !== "wire.malformed") throw error;
          }
        }
      }),
      { numRuns: 700 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("WhatsApp's markup", () => {
  it("is read as it is shown", () => {
    expect(readMarkup("*a _b_* snake_case 2*3*4 `c` ~d~ * e *")).toMatchObject([
      {
        type: "paragraph",
        children: [
          { type: "strong", children: [{ value: "a " }, { type: "emphasis" }] },
          { value: " snake_case 2*3*4 " },
          { type: "inlineCode", value: "c" },
          { value: " " },
          { type: "delete" },
          { value: " * e *" },
        ],
      },
    ]);
    expect(readMarkup("> q\n- a\n- b\n3. c\n\n```\ncode\n``` see https://e.com")).toMatchObject([
      { type: "blockquote" },
      { type: "list", ordered: false, children: [{}, {}] },
      { type: "list", ordered: true, start: 3 },
      { type: "code", value: "code" },
      { type: "paragraph", children: [{ value: " see " }, { type: "link", url: "https://e.com" }] },
    ]);
  });

  it("loses no word of any text", () => {
    const letters = (said: string): string => said.replace(/[^aé太です👍]/gu, "");
    fc.assert(
      fc.property(text, (said) => {
        expect(letters(plainText(readMarkup(said)))).toBe(letters(said));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(Object.entries(bombs))("is read in a time that fits the text: %s", (_name, bomb) => {
    const [quarter, whole] = [bomb(8_000), bomb(32_000)];
    expect(cost(() => readMarkup(whole))).toBeLessThan(cost(() => readMarkup(quarter)) * 9 + 60);
  });
});
