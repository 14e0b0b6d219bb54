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
    const quarter = cost(() => parseMarkdown(bomb(size / 4)));
    const whole = cost(() => parseMarkdown(bomb(size)));
    // Four times the text is four times the work; the square would be sixteen. The constant is for what the clock cannot see.
    expect(whole).toBeLessThan(quarter * 9 + 30);
    expect(whole).toBeLessThan(1000);
  });

  it.each(Object.entries(bombs))("is as short for what is made of the tree: %s", (_name, bomb) => {
    const content = parseMarkdown(bomb(size));
    expect(cost(() => plainText(content))).toBeLessThan(1000);
    expect(cost(() => printMarkdown(content))).toBeLessThan(2000);
  });
});
