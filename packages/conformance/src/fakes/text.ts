import fc from "fast-check";

const scraps: readonly string[] = [
  Array.from("*_~|`[]()<>#+-=!&\\@:\"'{}.^"),
  Array.from("\n\t\r\0\u000b\u001b\u007f\u200b\u200d\u202e\u2028\u00a0\u0301\ufeff"),
  [
    "**",
    "__",
    "~~",
    "||",
    "``",
    "```",
    "](",
    "![",
    "\n\n",
    "\r\n",
    "\n> ",
    "\n- ",
    "\n1. ",
    "\n    ",
    "<br>",
    "&amp;",
    "&gt;",
    "\n>",
  ],
  [
    "<b>",
    "</code>",
    "<!channel>",
    "<!here|x>",
    "<@U1>",
    "<#C1|x>",
    "<!subteam^S1>",
    "<!date^1^{date}^https://e.com|x>",
    "<https://e.com|x>",
  ],
  ["https://e.com/a_b", "www.x.org", "[x](https://e.com/?a=b&c=|d)", "[y](javascript:x)", "a@b.co", "|a|b|\n|-|-|\n|c|d|"],
  ["a", "Z9", "word ", "é", "太", "です", "。", "👍🏽", "👨‍👩‍👧‍👦", "🇺🇳", "مرحبا", "\ud83d", "\ude00"],
].flat();

/** Any text, hostile more often than not: for properties of formatters. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...scraps), { maxLength: 30 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
);

/** Texts that make a careless renderer slow, by name; each of about `size` characters. */
export const textBombs: Readonly<Record<string, (size: number) => string>> = {
  "nested quotes and lists": (size) => "> - ".repeat(size / 4) + "a",
  "stars that open": (size) => "*a ".repeat(size / 3),
  "stars both ways": (size) => "*a **b".repeat(size / 12) + "b** a*".repeat(size / 12),
  underscores: (size) => "_a\\_b_ ".repeat(size / 7),
  "escaped markers": (size) => "\\*\\_\\~\\`".repeat(size / 8),
  backticks: (size) => "` `` ".repeat(size / 5),
  brackets: (size) => "[a](b".repeat(size / 5),
  links: (size) => "[a](https://e.com) ".repeat(size / 19),
  angles: (size) => "<@".repeat(size / 2),
  spaces: (size) => `**a${" ".repeat(size)}b**`,
  "table rows": (size) => `|a|b|\n|-|-|\n${"|太|y|\n".repeat(size / 6)}`,
};

/** Processor time of one run, in milliseconds: the least of a few, since neighbours on the machine only ever add. */
export function processorMs(run: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 6; i++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
