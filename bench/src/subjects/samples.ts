const paragraph =
  "The build of **main** failed in `packages/gateway`: two tests of [the outbox](https://example.com/outbox?run=42&job=7) " +
  "_timed out_ after ~~30~~ 60 seconds. It is the same pair as on Friday, so I would look at the clock first, " +
  "and only then at the store; the rest is green again & nobody has to wait.\n";

const list =
  "1. Stop the deploy\n2. Look at **the log**\n   - of the `worker`\n   - of the *gateway*\n3. Tell <team@example.com>\n";

const code = "```ts\nconst late = jobs.filter((job) => job.at < now && !job.done);\nconsole.log(late.length);\n```\n";

/** Markdown as bots write it: a sentence, a paragraph of about 300 characters, a report of some 6,000. */
export const samples = {
  short: "Noted **#42**: I will look at the _build_ and come back.",
  paragraph,
  report: Array.from({ length: 9 }, (_, index) => `## Part ${index + 1}\n\n${paragraph}\n${list}\n${code}\n`).join(""),
} as const;

/** Prints the microseconds of one call for each sample, the best of some rounds, as JSON. */
export function time(name: string, convert: (markdown: string) => unknown): void {
  const figures = Object.entries(samples).map(([sample, markdown]) => {
    const calls = Math.ceil(4_000_000 / (markdown.length + 400) / 10);
    for (let index = 0; index < calls; index += 1) convert(markdown);
    const rounds = Array.from({ length: 9 }, () => {
      const started = process.cpuUsage();
      for (let index = 0; index < calls; index += 1) convert(markdown);
      const { user, system } = process.cpuUsage(started);
      return (user + system) / calls;
    });
    return [sample, rounds.toSorted((a, b) => a - b)[4] ?? 0];
  });
  console.log(JSON.stringify({ name, ...Object.fromEntries(figures) }));
}
