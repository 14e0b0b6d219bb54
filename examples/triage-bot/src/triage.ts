import type { Block, Gateway, Inline, Message } from "@devflow/gateway";
import { parseMarkdown, plainText } from "@devflow/gateway/kit";

/** What stands in for a model: words that speak for a label, and what to ask for then. */
const rules = [
  {
    label: "security",
    words: /\b(?:xss|injection|vulnerab\w*|leak(?:s|ed)?|exposed?)\b/i,
    next: "move this to a private report, and replace what may be known to others.",
  },
  {
    label: "bug",
    words: /\b(?:errors?|crash\w*|broken|breaks?|fails?|exception|panic)\b/i,
    next: "say which version it is, what was done, and what should have happened.",
  },
  {
    label: "performance",
    words: /\b(?:slow\w*|timeouts?|times out|latency|memory)\b/i,
    next: "add the numbers from before and after, and where they were taken.",
  },
  {
    label: "documentation",
    words: /\b(?:docs?|documentation|readme|typo)\b/i,
    next: "name the page, and what was looked for on it.",
  },
  {
    label: "feature",
    words: /\b(?:feature|support for|would be (?:nice|great)|please add)\b/i,
    next: "describe what cannot be done today, and how often it is needed.",
  },
];

/** Whoever mentions the bot gets a summary, labels and a next step: on an issue for the issue, in a chat for the thread. */
export function addTriage(gateway: Gateway): void {
  gateway.route({ addressed: true }).to(async (c) => {
    const { address, issue, change } = c.conversation;
    const { work, capabilities } = gateway.adapter(address.platform);
    const item = issue ?? change ?? (await work?.get(address));
    const others = (await c.history(50)).filter(({ id, author }) => id !== c.message.id && !author.self);

    const body = plainText(parseMarkdown(item?.body ?? ""));
    const text = [item?.title, body, ...others.map((one) => one.text), c.message.text].join("\n");
    const found = rules.filter(({ words }) => words.test(text));
    const missing = found.map(({ label }) => label).filter((label) => !item?.labels.includes(label));
    const labelled = item !== undefined && missing.length > 0 && capabilities(address).operations["issue.update"] === "native";
    if (labelled) await c.do({ kind: "issue.update", update: { labels: { add: missing } } });

    const verdict = labelled ? "I have labelled it " : "It looks like ";
    const labels = found.flatMap(({ label }, index): Inline[] => [
      ...(index > 0 ? [say(", ")] : []),
      { type: "inlineCode", value: label },
    ]);
    // A tree and no Markdown: what others wrote stays text, whatever is in it.
    return [
      line({ type: "strong", children: [say(`${item?.title ?? "This thread"}:`)] }, say(` ${sentence(body) ?? summary(others)}`)),
      labels.length === 0 ? line(say("I cannot tell what it is about.")) : line(say(verdict), ...labels, say(".")),
      line(
        { type: "strong", children: [say("Next:")] },
        say(` ${found[0]?.next ?? "say in a sentence what should be different."}`),
      ),
    ];
  });
}

function line(...children: readonly Inline[]): Block {
  return { type: "paragraph", children };
}

function say(value: string): Inline {
  return { type: "text", value };
}

/** The first sentence of a text, or as much of it as one reads at a glance. */
function sentence(text: string): string | undefined {
  return /^[^]{1,200}?(?:[.!?](?=\s|$)|\n|$)|^[^]{200}/.exec(text.trim())?.[0].trim() || undefined;
}

function summary(messages: readonly Message[]): string {
  const [first] = messages;
  if (first === undefined) return "nothing is written here yet but your question.";
  const people = new Set(messages.map(({ author }) => author.id)).size;
  const begun = `It began with: ${sentence(first.text) ?? "a file"}`;
  return people > 1 ? `${messages.length} messages, ${people} people. ${begun}` : begun;
}
