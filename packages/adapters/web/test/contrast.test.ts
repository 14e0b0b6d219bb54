import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("../src/site/page/element.css", import.meta.url), "utf8");
const pairs = new Map(
  [...css.matchAll(/--([\w-]+):[^;]*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = "", light = "", dark = ""]) => [name, { light, dark }],
  ),
);

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe.each(["light", "dark"] as const)("colours in the %s", (scheme) => {
  const used = [
    ["ink", "paper"],
    ["ink", "surface"],
    ["ink", "tint"],
    ["ink", "code"],
    ["muted", "paper"],
    ["muted", "surface"],
    ["muted", "code"],
    ["accent", "paper"],
    ["accent", "surface"],
    ["accent", "tint"],
    ["on-accent", "accent"],
    ["danger", "paper"],
    ["danger", "surface"],
  ];
  it.each(used)("%s on %s can be read (AA, 4.5)", (text = "", ground = "") => {
    const [above, below] = [pairs.get(text)?.[scheme] ?? "", pairs.get(ground)?.[scheme] ?? ""];
    expect(contrast(above, below)).toBeGreaterThanOrEqual(4.5);
  });
});
