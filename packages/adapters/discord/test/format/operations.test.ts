import type { Action, Content, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { describe, expect, it } from "vitest";
import { formatter } from "../../src/format/index.ts";
import type { DiscordBody } from "../../src/wire/index.ts";
import { room } from "../support/index.ts";

const draft = (content: string | Content, rest: Partial<PreparedDraft> = {}): PreparedDraft => ({
  attachments: [],
  ...rest,
  content: typeof content === "string" ? parseMarkdown(content) : content,
});
const format = (operation: Operation) => formatter.format(operation, room) as unknown as DiscordBody;
const post = (content: string | Content, rest: Partial<PreparedDraft> = {}): Record<string, unknown> => {
  const body = format({ kind: "message.post", draft: draft(content, rest) });
  return body.type === "post" ? { ...body.message } : {};
};
const actions = (...items: readonly Action[]): Content => [{ type: "actions", items }];
const fields = (...items: readonly [string, string][]): Content => [
  { type: "fields", items: items.map(([name, value]) => ({ name, value: [{ type: "text", value }] })) },
];

describe("pings", () => {
  it("are those that the content names, and no others", () => {
    const said = post("[Ada](mention:user:5) [ops](mention:group:6) `[x](mention:user:7)` <@8>");
    expect(said["allowed_mentions"]).toEqual({ parse: [], users: ["5"], roles: ["6"], replied_user: false });
  });

  it("reach everybody only with broadcast", () => {
    expect(post("[@channel](mention:room)")).toMatchObject({ content: "@channel", allowed_mentions: { parse: [] } });
    expect(post("[@channel](mention:room)", { broadcast: true })).toMatchObject({
      content: "@everyone",
      allowed_mentions: { parse: ["everyone"] },
    });
  });
});

describe("actions", () => {
  it("are rows of five buttons, then a row for each menu", () => {
    const buttons = Array.from({ length: 6 }, (_, n): Action => ({ kind: "button", id: `b${n}`, label: `B${n}` }));
    const menu: Action = {
      kind: "select",
      id: "pick",
      label: "Which?",
      multiple: true,
      options: [
        { label: "A", value: "a" },
        { label: "again", value: "a" },
        { label: "B", value: "b", description: "second" },
      ],
    };
    const rows = post(actions(...buttons.slice(0, 3), menu, ...buttons.slice(3)))["components"] as { components: object[] }[];
    expect(rows.map(({ components }) => components.length)).toEqual([5, 1, 1]);
    expect(rows[2]?.components[0]).toMatchObject({ custom_id: "pick", max_values: 2, options: [{ value: "a" }, { value: "b" }] });
  });

  it("have ids that differ, labels that fit, and links that Discord takes", () => {
    const [row] = post(
      actions(
        { kind: "button", id: "go", label: "" },
        { kind: "button", id: "go", label: "x".repeat(100), style: "primary" },
        { kind: "link", label: "Look", url: "https://example.com" },
        { kind: "link", label: "Odd", url: "ftp://example.com" },
      ),
    )["components"] as { components: { custom_id?: string; label: string }[] }[];
    expect(row?.components.map(({ custom_id }) => custom_id)).toEqual(["go", "~1~go", undefined]);
    expect(row?.components[0]?.label).toBe("…");
    expect(row?.components[1]?.label).toHaveLength(80);
    expect(post(actions({ kind: "link", label: "Odd", url: "ftp://example.com" }))["content"]).toBe("Odd: ftp://example.com");
  });
});

describe("what is too long", () => {
  const long = `x${"😀".repeat(3_000)}`;
  const options = [{ label: long, value: "a", description: long }];

  it.each<[string, () => unknown]>([
    ["a menu", () => post(actions({ kind: "select", id: "pick", label: long, options }))],
    [
      "a form",
      () =>
        format({
          kind: "form.open",
          trigger: "t",
          form: {
            id: "f",
            title: long,
            fields: [
              { id: "a", label: long, hint: long, kind: "text", placeholder: long, value: long },
              { id: "b", label: long, kind: "select", options },
            ],
          },
        }),
    ],
  ])("of %s is cut between characters: half of one makes JSON that Discord cannot read", (_, made) => {
    const spelled = JSON.stringify(made());
    expect(spelled).toContain("x😀");
    expect(spelled).not.toMatch(/\\ud[89a-f]/);
  });
});

describe("fields", () => {
  it("are a card at the end, and lines elsewhere or where they do not fit", () => {
    expect(post([...parseMarkdown("Done"), ...fields(["Build", "7"])])).toMatchObject({
      content: "Done",
      embeds: [{ fields: [{ name: "Build", value: "7", inline: true }] }],
    });
    expect(post([...fields(["Build", "7"]), ...parseMarkdown("Done")])).toMatchObject({ content: "**Build:** 7\n\nDone" });
    expect(post(fields(["Build", "x".repeat(1_025)]))["embeds"]).toBeUndefined();
  });

  it("are not said twice, and not kept by an edit without them", () => {
    const said = post([...parseMarkdown("Done"), ...fields(["Build", "7"])]);
    expect(String(said["content"])).not.toContain("Build");
    expect(format({ kind: "message.edit", messageId: "1", draft: draft("text") })).toMatchObject({ message: { embeds: [] } });
  });
});

describe("native fields", () => {
  it("make a message of components, with the text before them and our buttons after", () => {
    const native = { discord: { flags: 1 << 15, components: [{ type: 17 }] } };
    const said = post([...parseMarkdown("Hi"), ...actions({ kind: "button", id: "a", label: "A" })], { native, silent: true });
    expect(said).toMatchObject({
      flags: (1 << 15) | (1 << 12),
      components: [{ type: 10, content: "Hi" }, { type: 17 }, { type: 1 }],
    });
    expect(said).not.toHaveProperty("content");
  });

  it("lie over ours", () => {
    expect(post("Hi", { native: { discord: { tts: true }, slack: { x: 1 } } })).toMatchObject({ content: "Hi", tts: true });
  });
});

describe("a form", () => {
  const form = (inputs: readonly object[]): Operation =>
    ({ kind: "form.open", trigger: "t", form: { id: "f", title: "Feedback", state: "s", fields: inputs } }) as Operation;

  it("has a component for each field", () => {
    const body = format(
      form([
        { id: "a", label: "A", kind: "text", multiline: true, maxLength: 9_000, value: "x" },
        { id: "b", label: "B", kind: "select", options: [{ label: "1", value: "1" }], optional: true },
        { id: "c", label: "C", kind: "user" },
        { id: "d", label: "D", kind: "date", hint: "the day" },
      ]),
    );
    expect(body).toMatchObject({
      type: "modal",
      modal: {
        custom_id: "~.~f~s",
        components: [
          { type: 18, component: { type: 4, custom_id: "a", style: 2, max_length: 4_000, value: "x" } },
          { component: { type: 3, custom_id: "b", required: false, min_values: 0 } },
          { component: { type: 5, custom_id: "c", required: true } },
          { description: "the day", component: { type: 4, placeholder: "YYYY-MM-DD" } },
        ],
      },
    });
  });

  it("of too many fields, or with options to ask for, is refused", () => {
    const one = { id: "a", label: "A", kind: "text" };
    expect(() => format(form([one, one, one, one, one, one]))).toThrow(/1 to 5 fields/);
    expect(() => format(form([{ id: "a", label: "A", kind: "select", options: [], dynamic: true }]))).toThrow(/known beforehand/);
  });
});
