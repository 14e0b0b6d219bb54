import type { Mention } from "@devflow/gateway/contract";
import { mentionText, printMarkdown } from "@devflow/gateway/kit";
import { describe, expect, it } from "vitest";
import { fromAdf } from "../../../src/normalize/adf/index.ts";
import { vectors } from "../../support/vectors.ts";

/** What the forges' own formatters add: a stranger is named in code, and what would be linked after reading is disarmed. */
const stranger = (node: Mention): string => `\`@${mentionText(node)}\``;
const disarmed = {
  github: (text: string): string => text.replace(/#(?=\d)/g, "#&#8203;"),
  gitlab: (text: string): string =>
    text.replace(/@all\b/g, "`@all`").replace(/[#!$%&~](?=\w)|\\~/g, (sigil) => `\\${sigil.at(-1)}`),
};

describe("fromAdf", () => {
  it.each(vectors.adfToMarkdown.map((vector) => [vector.id, vector] as const))(
    "%s",
    (_id, { adf, context, target, markdown }) => {
      const escape = target === undefined ? {} : { escape: disarmed[target] };
      const content = fromAdf(adf, context);
      expect(printMarkdown(content, { html: true, mention: stranger, ...escape })).toBe(markdown);
    },
  );
});
