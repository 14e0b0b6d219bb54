import type { Action, Attachment, Content, PreparedDraft } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { whatsapp, type WhatsAppBody } from "../../src/index.ts";
import { account, ada, groupId, to } from "../support/index.ts";
import { hostileText as text } from "@devflow/conformance";

const { formatter } = whatsapp();
const draft = (content: string | Content, rest: Partial<PreparedDraft> = {}): PreparedDraft => ({
  attachments: [],
  ...rest,
  content: typeof content === "string" ? parseMarkdown(content) : content,
});
const post = (content: string | Content, rest: Partial<PreparedDraft> = {}) =>
  formatter.format({ kind: "message.post", draft: draft(content, rest) }, to) as unknown as WhatsAppBody;
const asking = (said: string, ...items: readonly Action[]) => post([...parseMarkdown(said), { type: "actions", items }]);
const button = (label: string, value?: string): Action => ({
  kind: "button",
  id: "go",
  label,
  ...(value === undefined ? {} : { value }),
});
const attached = (attachment: Attachment, said = "") => post(said, { attachments: [attachment] });

describe("a message", () => {
  it("is text with its quote, and no picture of a page it names", () => {
    expect(post("**hi**", { replyTo: "wamid.q" })).toEqual({
      calls: [{ type: "text", text: { body: "*hi*", preview_url: false }, context: { message_id: "wamid.q" } }],
    });
    expect(() => post("")).toThrow("nothing to send");
  });

  it("takes native fields, and becomes a template where they say so", () => {
    expect(post("x", { native: { whatsapp: { text: { preview_url: true } }, slack: { a: 1 } } }).calls[0]).toEqual({
      type: "text",
      text: { body: "x", preview_url: true },
    });
    const template = { type: "template", template: { name: "hello_world", language: { code: "en_US" } } };
    expect(post("what transcripts keep", { native: { whatsapp: template } })).toEqual({ calls: [template] });
  });

  it("is for one person alone in that person's chat", () => {
    expect(post("x", { onlyFor: ada }).calls).toHaveLength(1);
    expect(() => post("x", { onlyFor: "491" })).toThrow("only a person's own chat");
    const group = { ...to, room: groupId };
    expect(() => formatter.format({ kind: "message.post", draft: draft("x", { onlyFor: groupId }) }, group)).toThrow("whatsapp");
  });

  it("has no edits, deletions or forms", () => {
    for (const operation of [
      { kind: "message.edit", messageId: "m", draft: draft("x") },
      { kind: "message.delete", messageId: "m" },
      { kind: "form.open", trigger: "t", form: { id: "f", title: "F", fields: [] } },
    ] as const) {
      expect(() => formatter.format(operation, to)).toThrow("say it with a new message");
    }
  });
});

describe("what people press", () => {
  it("is up to three reply buttons, with different titles", () => {
    const { calls } = asking("Go?", button("Yes", "1"), button("Yes", "2"), button("", "3"), button("Yes", "1"));
    expect(calls).toEqual([
      {
        type: "interactive",
        interactive: {
          type: "button",
          body: { text: "Go?" },
          action: {
            buttons: [
              { type: "reply", reply: { id: "~go~1", title: "Yes" } },
              { type: "reply", reply: { id: "~go~2", title: "Yes 2" } },
              { type: "reply", reply: { id: "~go~3", title: "…" } },
            ],
          },
        },
      },
    ]);
  });

  it("is a list for a menu; what a title cuts is told below it", () => {
    const options = [
      { label: "Short", value: "s", description: "small" },
      { label: "A title of more than twenty-four characters", value: "l" },
    ];
    const [call] = asking("Pick", { kind: "select", id: "size", label: "Size\nof it", options }, button("None")).calls;
    expect(call).toMatchObject({
      interactive: {
        type: "list",
        action: {
          button: "Size of it",
          sections: [
            {
              rows: [
                { id: "~size~s", title: "Short", description: "small" },
                { id: "~size~l", title: "A title of more than tw…", description: "A title of more than twenty-four characters" },
                { id: "go", title: "None" },
              ],
            },
          ],
        },
      },
    });
  });

  it("is a menu and then buttons, where there are more than ten rows", () => {
    const options = Array.from({ length: 10 }, (_, n) => ({ label: `Row ${n}`, value: String(n) }));
    const { calls } = asking("Pick", { kind: "select", id: "s", label: "Menu", options }, button("None"));
    expect(calls.map((call) => (call.interactive as { type: string }).type)).toEqual(["list", "button"]);
  });

  it("is a button for one link, and lines for links beside others", () => {
    const link = (label: string): Action => ({ kind: "link", label, url: "https://e.com" });
    expect(asking("See", link("Docs")).calls[0]).toMatchObject({
      interactive: { type: "cta_url", action: { name: "cta_url", parameters: { display_text: "Docs", url: "https://e.com" } } },
    });
    expect(asking("See", link("Docs"), button("Go")).calls[0]).toMatchObject({
      interactive: { type: "button", body: { text: "See\n\nDocs (https://e.com)" } },
    });
    expect(asking("See", { kind: "link", label: "x", url: "javascript:1" }).calls).toEqual([
      { type: "text", text: { body: "See\n\nx", preview_url: false } },
    ]);
  });

  it("stands below the last block of a long text, which says everything once", () => {
    const long = "word ".repeat(300).trim();
    const body = asking(`${long}\n\nGo on?`, button("Yes"));
    expect(body).toMatchObject({
      main: 1,
      calls: [{ text: { body: long } }, { interactive: { body: { text: "Go on?" } } }],
    });
    expect(asking(long, button("Yes")).calls[1]).toMatchObject({ interactive: { body: { text: "…" } } });
  });

  it("stays within every limit of Meta's, whatever it says", () => {
    const select = fc.array(fc.record({ label: text, value: text, description: text }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(
        text,
        fc.array(fc.record({ label: text, value: text }), { maxLength: 3 }),
        fc.option(select),
        (said, buttons, options) => {
          const items: Action[] = [
            ...buttons.map((one) => ({ kind: "button", id: "b", ...one }) as const),
            ...(options ? [{ kind: "select", id: "s", label: said, options } as const] : []),
          ];
          fc.pre(items.length > 0);
          for (const { interactive } of asking(said, ...items).calls) assertLimits(interactive);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function assertLimits(interactive: unknown): void {
  if (interactive === undefined) return;
  const { body, action } = interactive as {
    body: { text: string };
    action: { button?: string; buttons?: { reply: Row }[]; sections?: { rows: Row[] }[] };
  };
  expect(body.text.trim()).not.toBe("");
  expect(body.text.length).toBeLessThanOrEqual(1024);
  const rows = action.buttons?.map(({ reply }) => reply) ?? action.sections?.flatMap((one) => one.rows) ?? [];
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.length).toBeLessThanOrEqual(action.buttons ? 3 : 10);
  expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  for (const { title, description = "" } of rows) {
    expect(title.trim()).not.toBe("");
    expect(title.length).toBeLessThanOrEqual(action.buttons ? 20 : 24);
    expect(description.length).toBeLessThanOrEqual(72);
  }
  expect((action.button ?? "").length).toBeLessThanOrEqual(20);
}

interface Row {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

describe("an attachment", () => {
  const url = { type: "url", url: "https://e.com/x" } as const;

  it.each<[string, Attachment, object]>([
    ["an image", { kind: "image", source: url }, { type: "image", image: { link: url.url } }],
    [
      "an image of another type",
      { kind: "image", source: url, mediaType: "image/tiff", name: "x.tiff" },
      { type: "document", document: { link: url.url, filename: "x.tiff" } },
    ],
    ["a large image", { kind: "image", source: url, bytes: 6_000_000 }, { type: "document", document: { link: url.url } }],
    [
      "a voice message",
      { kind: "voice", source: url, mediaType: "audio/ogg; codecs=opus" },
      { type: "audio", audio: { link: url.url } },
    ],
    [
      "stored bytes",
      { kind: "file", source: { type: "stored", key: "k" }, name: "a.pdf" },
      { type: "document", document: { id: { stored: "k", name: "a.pdf" }, filename: "a.pdf" } },
    ],
    [
      "a file it received",
      { kind: "video", source: { type: "remote", handle: `${account}/77` } },
      { type: "video", video: { id: { media: "77" } } },
    ],
    [
      "a place",
      { kind: "location", location: { latitude: 1, longitude: 2, title: "Here" } },
      { type: "location", location: { latitude: 1, longitude: 2, name: "Here" } },
    ],
    [
      "a contact",
      { kind: "contact", contact: { name: "Bo", phone: "+1" } },
      { type: "contacts", contacts: [{ name: { formatted_name: "Bo", first_name: "Bo" }, phones: [{ phone: "+1" }] }] },
    ],
  ])("goes as it can: %s", (_name, attachment, call) => {
    expect(attached(attachment)).toEqual({ calls: [call] });
  });

  it("has its text beside it, or before it where it has no room for one", () => {
    expect(attached({ kind: "image", source: url }, "*look*").calls).toEqual([
      { type: "image", image: { link: url.url, caption: "_look_" } },
    ]);
    expect(attached({ kind: "sticker", source: url }, "look").calls.map(({ type }) => type)).toEqual(["text", "sticker"]);
  });

  it.each<[string, Attachment]>([
    ["a poll", { kind: "poll", source: url }],
    ["a file of another number", { kind: "file", source: { type: "remote", handle: "1/77" } }],
    ["an address that is none of the web", { kind: "file", source: { type: "url", url: "file:///etc/passwd" } }],
    ["a place without coordinates", { kind: "location" }],
    ["a contact without a name", { kind: "contact" }],
  ])("is refused: %s", (_name, attachment) => {
    expect(() => attached(attachment)).toThrow(expect.objectContaining({ code: "content.rejected" }));
  });
});
