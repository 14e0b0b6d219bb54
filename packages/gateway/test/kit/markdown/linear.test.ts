import { describe, expect, it } from "vitest";
import { parseMarkdown, plainText, printMarkdown } from "../../../src/kit/index.ts";
import { bombs } from "../../support/bombs.ts";

/** Processor time of one run, in milliseconds: the least of a few, since neighbours on the machine only ever add. */
function cost(run: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

describe("time of parsing", () => {
  const size = 102_400;

  it.each(Object.entries(bombs))("grows with the length alone: %s", (_name, bomb) => {
    const once = cost(() => parseMarkdown(bomb(size / 2)));
    const twice = cost(() => parseMarkdown(bomb(size)));
    // Twice the text is twice the work; four times would be the square. The constant is for what the clock cannot see.
    expect(twice).toBeLessThan(once * 3.2 + 15);
    expect(twice).toBeLessThan(300);
  });

  it.each(Object.entries(bombs))("is as short for what is made of the tree: %s", (_name, bomb) => {
    const content = parseMarkdown(bomb(size));
    expect(cost(() => plainText(content))).toBeLessThan(300);
    expect(cost(() => printMarkdown(content))).toBeLessThan(600);
  });
});
