import type { Action, Adapter, Attachment, Content, Form, Gateway } from "@devflow/gateway";
import { parseMarkdown } from "@devflow/gateway/kit";
import type { WebAdapter } from "@devflow/web";
import { chart, csv, formatted, long } from "./samples.ts";
import { words } from "./words.ts";

/** The gateway of this playground: the page first, then whatever has its secrets. */
export type Playground = Gateway<readonly [WebAdapter, ...Adapter[]], undefined>;

const stops: readonly Action[] = [
  { kind: "button", id: "tour", value: "formatting", label: "Formatting", style: "primary" },
  { kind: "button", id: "tour", value: "buttons", label: "Buttons" },
  { kind: "button", id: "tour", value: "streaming", label: "Streaming" },
  { kind: "button", id: "tour", value: "form", label: "A form" },
  { kind: "button", id: "tour", value: "files", label: "Files" },
  { kind: "button", id: "tour", value: "long", label: "A long text" },
  { kind: "button", id: "tour", value: "error", label: "An error" },
];

const greeting = `Hello. This is a **real gateway**: what you write is stored before it is answered, and the answer is stored before it is sent.

Ask anything, or pick a stop. Where a platform cannot show the buttons, they are a numbered list: send back the number.`;

const help = `- \`/tour\` starts over
- \`/previews\` says what the panel shows
- \`/help\` shows this

Anything else is a question. There is no model behind this page, so the answer is about the gateway.`;

const release: Form = {
  id: "release",
  title: "Plan a release",
  submitLabel: "Plan it",
  fields: [
    { id: "name", kind: "text", label: "Name", placeholder: "2.5", maxLength: 40 },
    {
      id: "target",
      kind: "select",
      label: "Where to",
      options: [
        { label: "Staging", value: "staging" },
        { label: "Production", value: "production" },
      ],
    },
    { id: "day", kind: "date", label: "Day", optional: true },
    { id: "notes", kind: "text", multiline: true, label: "Notes", optional: true, hint: "Needed for production." },
  ],
};

const regions: Action = {
  kind: "select",
  id: "region",
  label: "Choose a region",
  options: [
    { label: "Frankfurt", value: "fra" },
    { label: "Oslo", value: "osl" },
    { label: "Virginia", value: "iad" },
  ],
};

/** Text with actions below it. */
export function withActions(text: string, items: readonly Action[]): Content {
  return [...parseMarkdown(text), { type: "actions", items }];
}

/** Puts the guided tour on a gateway. It has no model: every answer is written here. */
export function addTour(gateway: Playground): void {
  gateway.on("web:member.joined", (c) => c.reply(withActions(greeting, stops)));
  gateway.command(["tour", "start"], (c) => c.reply(withActions(greeting, stops)));
  gateway.command("help", (c) => c.reply(help));
  gateway.command("previews", (c) =>
    c.reply(
      "The panel takes each message of mine and asks the other adapters what they would send. You see their own words, drawn, and as JSON. **Nothing is sent there.** Press *Previews* beside an older message to see that one.",
    ),
  );

  gateway.action("tour", async (c) => {
    switch (c.event.value) {
      case "formatting":
        return c.reply(formatted);
      case "buttons":
        return c.reply(
          withActions("**Deploy 2.4.1 to production?**", [
            { kind: "button", id: "decide", value: "Approved", label: "Approve", style: "primary" },
            { kind: "button", id: "decide", value: "Rejected", label: "Reject", style: "danger" },
            { kind: "link", label: "Read the diff", url: "https://example.com/diff" },
            regions,
          ]),
        );
      case "streaming":
        return c.reply(words(streamed, c.signal));
      case "form":
        if (gateway.adapter(c.event.platform).capabilities(c.conversation.address).operations["form.open"] !== "native") {
          return c.reply("This platform has no forms. The page and Slack do.");
        }
        return c.open(release);
      case "files":
        return c.reply({
          content: "Two files from me. Now attach one of yours: I will tell what is in it.",
          attachments: [
            {
              name: "latency.png",
              data: chart(),
              mediaType: "image/png",
              alt: "Bar chart: latency before and after, per service",
            },
            { name: "latency.csv", data: csv, mediaType: "text/csv" },
          ],
        });
      case "long":
        return c.reply(long);
      default:
        return c.reply(
          withActions("Handlers fail. What should happen?", [
            { kind: "button", id: "fail", value: "twice", label: "Fail twice, then work" },
            { kind: "button", id: "fail", value: "always", label: "Fail for good", style: "danger" },
          ]),
        );
    }
  });

  gateway.action("decide", async (c) => {
    const { messageId, value = "Decided" } = c.event;
    if (messageId !== undefined) await c.edit(messageId, `**${value}.** The buttons are gone: the message was edited.`);
  });
  gateway.action("region", (c) => c.reply(`Region **${c.event.value ?? "none"}** it is.`));

  gateway.action("fail", async (c) => {
    if (repaired.has(c.event.id)) return c.reply("This time it worked: the press that failed was taken from the dead letters.");
    if (c.event.value === "always") throw new Error("The database said no, as it always does at this stop of the tour.");
    if (c.attempt < 3) throw new Error("Not yet.");
    return c.reply(`Done, on attempt **${c.attempt}**. The first two failed; you see one answer.`);
  });

  gateway.answer("form.submitted", { form: "release" }, ({ event }) => {
    const { target, notes } = event.values;
    return target === "production" && !notes ? { errors: { notes: "Say what is in it before it goes to production." } } : {};
  });
  gateway.form("release", (c) => {
    const { name, target, day, notes } = c.event.values;
    const items = Object.entries({ Name: name, Where: target, Day: day, Notes: notes });
    const filled = items.filter(([, value]) => typeof value === "string" && value !== "");
    return c.reply([
      ...parseMarkdown("The release is planned."),
      {
        type: "fields",
        items: filled.map(([label, value]) => ({ name: label, value: [{ type: "text", value: String(value) }] })),
      },
    ]);
  });

  gateway.route({ addressed: true }).to(async (c) => {
    const { text, attachments } = c.message;
    if (attachments.length > 0) {
      const client = c.event.platform === "web" ? await gateway.adapter("web").client(c.event.account) : undefined;
      const seen = await Promise.all(attachments.map(async (file) => describe(file, await client?.open(file))));
      return seen.join("\n\n");
    }
    await c.typing();
    return words(answerTo(text), c.signal);
  });
}

/** Events whose imagined cause of failure is gone. */
const repaired = new Set<string>();

/** Lets a person try a dead letter again. */
export function addDeadLetters(gateway: Playground): void {
  gateway.action("replay", async (c) => {
    const { value = "" } = c.event;
    repaired.add(value);
    const count = await gateway.deadLetters.replay([value]);
    if (count === 0) await c.reply("That one is gone: it was tried again before.");
  });
}

/** What is said when a handler has failed for good. */
export function deadNote(id: string): Content {
  return withActions(
    "That failed eight times, so I stopped trying. **Nothing is lost**: your press waits among the dead letters until somebody looks at it.",
    [{ kind: "button", id: "replay", value: id, label: "Try again" }],
  );
}

const streamed = `This text arrives **word by word**. On a platform that can stream, its own stream is used; elsewhere the message is edited, at the pace that platform allows.

If the process dies in the middle, another takes over and *the last edit is still guaranteed*.`;

function answerTo(question: string): string {
  const quoted = question.trim().split("\n").join("\n> ");
  return `> ${quoted}

There is no model here, but this is what your question has been through:

1. **Stored.** The page heard "accepted" only after the inbox had it on disk.
2. **Routed.** One handler was chosen; had it crashed, it would run again.
3. **Answered.** These words stream to you now; the whole answer goes through the outbox, once.

Kill the process and start it again: this conversation will still be here.`;
}

async function describe({ name = "file", mediaType = "", bytes = 0 }: Attachment, data: Uint8Array | undefined): Promise<string> {
  const title = `**${name}** · ${mediaType || "unknown type"} · ${bytes.toLocaleString("en")} bytes`;
  if (data === undefined) return title;
  const text = readable(data);
  if (text === undefined)
    return `${title}\n\nIt is not text. Its first bytes are \`${Buffer.from(data.subarray(0, 8)).toString("hex")}\`.`;
  const lines = text.split("\n");
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${title}\n\n${lines.length} lines. It begins:\n\n${fence}\n${lines.slice(0, 6).join("\n").slice(0, 600)}\n${fence}`;
}

function readable(data: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(data.subarray(0, 64 * 1024), { stream: true });
    return text.includes("\0") ? undefined : text.trimEnd();
  } catch {
    return undefined;
  }
}
