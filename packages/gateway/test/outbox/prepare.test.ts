import { describe, expect, it } from "vitest";
import type { Adapter, Attachment, Content, PreparedDraft } from "../../src/contract/index.ts";
import { plainText } from "../../src/kit/index.ts";
import { prepare } from "../../src/outbox/prepare.ts";

const to = { platform: "p", account: "a", room: "r" };
const paragraph = (value: string): Content => [{ type: "paragraph", children: [{ type: "text", value }] }];
const file = (name: string): Attachment => ({ kind: "file", name, source: { type: "url", url: `https://example.com/${name}` } });

function adapter(
  limits: {
    readonly text?: number;
    readonly perMessage?: number;
    readonly caption?: number;
    readonly buttons?: number;
    readonly onlyFor?: boolean;
    readonly replies?: "thread";
  } = {},
): Adapter {
  const { text = 100, perMessage = 2, caption = 10, buttons = 5, onlyFor = true, replies } = limits;
  const table = {
    text: { limit: text, unit: "utf16", editLimit: text },
    nodes: { actions: "native", table: "native", fields: "native" },
    attachments: { perMessage, captionLimit: caption },
    actions: { buttons, selects: 1, options: 10, labelLimit: 20 },
    onlyFor,
    replies,
  };
  return {
    capabilities: () => table,
    formatter: { measure: (content: Content) => plainText(content).length },
  } as unknown as Adapter;
}

const draft = (fields: Partial<PreparedDraft>): PreparedDraft => ({ content: [], attachments: [], ...fields });
const shape = (drafts: readonly PreparedDraft[]) =>
  drafts.map(({ content, attachments, replyTo }) =>
    [plainText(content), attachments.map(({ name }) => name).join(), replyTo ?? ""].join("|"),
  );

describe("prepare", () => {
  it("says nothing for a draft that says nothing", () => {
    expect(prepare(adapter(), draft({}), to).drafts).toEqual([]);
    expect(prepare(adapter(), draft({ content: [{ type: "paragraph", children: [] }] }), to).drafts).toEqual([]);
  });

  it("puts a short text beside its attachments, a longer one before them", () => {
    expect(shape(prepare(adapter(), draft({ content: paragraph("short"), attachments: [file("1")] }), to).drafts)).toEqual([
      "short|1|",
    ]);
    expect(
      shape(prepare(adapter(), draft({ content: paragraph("longer than ten"), attachments: [file("1")] }), to).drafts),
    ).toEqual(["longer than ten||", "|1|"]);
  });

  it("gives attachments that are too many further messages, and the reply target to the first message alone, unless replies are in threads", () => {
    const long = draft({ content: paragraph("x"), attachments: ["1", "2", "3"].map(file), replyTo: "m1" });
    expect(shape(prepare(adapter(), long, to).drafts)).toEqual(["x||m1", "|1,2|", "|3|"]);
    expect(shape(prepare(adapter({ replies: "thread" }), long, to).drafts)).toEqual(["x||m1", "|1,2|m1", "|3|m1"]);
  });

  it("puts actions below the last part, with their labels above them when there is no text", () => {
    const actions = { type: "actions", items: [{ kind: "button", id: "go", label: "Go" }] } as const;
    const parts = prepare(adapter({ text: 10 }), draft({ content: [...paragraph("one two three"), actions] }), to).drafts;
    expect(parts.map(({ content }) => content.at(-1)?.type)).toEqual(["paragraph", "actions"]);
    const alone = prepare(adapter(), draft({ content: [actions] }), to).drafts;
    expect(alone.map(({ content }) => [plainText(content), content.at(-1)?.type])).toEqual([["Go", "actions"]]);
  });

  it("offers what a platform cannot show as choices", () => {
    const actions = { type: "actions", items: [{ kind: "button", id: "go", label: "Go", value: "1" }] } as const;
    const { drafts, choices } = prepare(adapter({ buttons: 0 }), draft({ content: [actions] }), to);
    expect(choices).toEqual([{ number: 1, label: "Go", action: "go", value: "1" }]);
    expect(drafts).toHaveLength(1);
  });

  it("refuses to make public what is for one alone", () => {
    expect(() => prepare(adapter({ onlyFor: false }), draft({ content: paragraph("x"), onlyFor: "u" }), to)).toThrow(
      expect.objectContaining({ code: "operation.unsupported" }),
    );
  });

  it("keeps every other wish of a draft for each of its messages", () => {
    const wishes = { silent: true, broadcast: true, onlyFor: "u", native: { p: { x: 1 } } };
    const { drafts } = prepare(adapter({ text: 10 }), draft({ content: paragraph("one two three four"), ...wishes }), to);
    expect(drafts.length).toBeGreaterThan(1);
    for (const one of drafts) expect(one).toMatchObject(wishes);
  });
});
