import type { Action, Content } from "@devflow/gateway/contract";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pressable } from "../../src/format/keyboard.ts";
import { readPress } from "../../src/wire/index.ts";

const actions = (...items: readonly Action[]): Content => [{ type: "actions", items }];

describe("keyboards", () => {
  it("show buttons with their style, links that open, and options that choose", () => {
    const { rows } = pressable(
      actions(
        { kind: "button", id: "yes", label: "Yes", value: "1", style: "primary" },
        { kind: "link", label: "Log", url: "https://example.com/log" },
        {
          kind: "select",
          id: "env",
          label: "Environment",
          options: [
            { label: "Prod", value: "p" },
            { label: "Test", value: "t" },
          ],
        },
      ),
    );
    expect(rows).toEqual([
      [
        { text: "Yes", callback_data: "~yes~1", style: "primary" },
        { text: "Log", url: "https://example.com/log" },
      ],
      [
        { text: "Prod", callback_data: "~env~p" },
        { text: "Test", callback_data: "~env~t" },
      ],
    ]);
  });

  it("lose no word: titles of selects and descriptions of options stand in the text", () => {
    const { extra } = pressable(
      actions({
        kind: "select",
        id: "env",
        label: "Where to?",
        options: [{ label: "Prod", value: "p", description: "careful" }],
      }),
    );
    expect(JSON.stringify(extra)).toMatch(/Where to\?.*Prod: careful/);
  });

  it.each([
    "http://localhost:3000",
    "mailto:a@b.example",
    "javascript:alert(1)",
    "not a url",
    `https://example.com/${"x".repeat(3000)}`,
  ])("show %.30s in the text, since one bad link costs the whole message", (url) => {
    const { rows, extra } = pressable(actions({ kind: "link", label: "Open", url }));
    expect(rows).toEqual([]);
    expect(JSON.stringify(extra)).toContain("Open: ");
  });

  it("lesson 24: give an empty label something to show", () => {
    expect(pressable(actions({ kind: "button", id: "x", label: "" })).rows).toEqual([[{ text: "…", callback_data: "x" }]]);
  });

  it("put as many into a row as a phone can show, and keep their order", () => {
    const button = fc.record({
      kind: fc.constant("button" as const),
      id: fc.string(),
      label: fc.string({ unit: "grapheme", maxLength: 50 }),
    });
    fc.assert(
      fc.property(fc.array(button, { maxLength: 40 }), (items) => {
        const { rows } = pressable(actions(...items));
        expect(rows.flat().map(({ callback_data }) => readPress(callback_data ?? "")?.action)).toEqual(items.map(({ id }) => id));
        for (const row of rows) {
          const characters = row.reduce((sum, { text }) => sum + text.length, 0);
          expect(row.length === 1 || (row.length <= 4 && characters <= 32)).toBe(true);
        }
      }),
    );
  });
});
