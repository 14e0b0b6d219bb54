import { describe, expect, it } from "vitest";
import type { Action, Content, NodeType, Support } from "../../src/contract/index.ts";
import { degrade, parseMarkdown, plainText, type Reach } from "../../src/kit/index.ts";

const nodes = (support: Support): Readonly<Record<NodeType, Support>> =>
  Object.fromEntries(
    "paragraph heading list listItem blockquote code table thematicBreak fields actions text strong emphasis delete spoiler inlineCode link image break mention emoji"
      .split(" ")
      .map((name) => [name, support]),
  ) as Readonly<Record<NodeType, Support>>;

const rich: Reach = { nodes: nodes("native"), actions: { buttons: 2, selects: 1, options: 3, labelLimit: 10 } };
const plain: Reach = { nodes: nodes("emulated"), actions: { buttons: 0, selects: 0, options: 0, labelLimit: 0 } };

const button = (id: string, label = id): Action => ({ kind: "button", id, label, value: `${id}!` });
const link: Action = { kind: "link", label: "Docs", url: "https://e.com" };
const select = (count: number): Action => ({
  kind: "select",
  id: "pick",
  label: "Pick",
  options: Array.from({ length: count }, (_, i) => ({ label: `Option ${i}`, value: `o${i}` })),
});
const actions = (...items: Action[]): Content => [{ type: "actions", items }];

describe("degrade", () => {
  it("leaves alone what is native", () => {
    const content = parseMarkdown("# a\n\n|k|v|\n|-|-|\n|a|b|");
    expect(degrade(content, rich)).toEqual({ content, choices: [] });
    expect(degrade(content, rich).content).toBe(content);
  });

  it("turns tables into preformatted text, wherever they stand", () => {
    const { content } = degrade(parseMarkdown("> |k|v|\n> |-|-|\n> |a|b|"), plain);
    expect(content).toEqual([{ type: "blockquote", children: [{ type: "code", value: "k   | v\n----|----\na   | b" }] }]);
  });

  it("turns fields into lines", () => {
    const { content } = degrade(
      [
        {
          type: "fields",
          items: [
            { name: "State", value: [{ type: "text", value: "open" }] },
            { name: "By", value: [{ type: "mention", target: "user", id: "U1", name: "Ada" }] },
          ],
        },
      ],
      plain,
    );
    expect(plainText(content)).toBe("State: open\nBy: Ada");
    expect(content[0]).toMatchObject({
      type: "paragraph",
      children: [
        { type: "strong" },
        { value: " " },
        { value: "open" },
        { type: "break" },
        { type: "strong" },
        {},
        { type: "mention", id: "U1" },
      ],
    });
  });

  it("keeps the actions that fit in one block at the end", () => {
    const { content, choices } = degrade([...actions(button("a")), ...parseMarkdown("text"), ...actions(link, select(3))], rich);
    expect(content.map((block) => block.type)).toEqual(["paragraph", "actions"]);
    expect(content.at(-1)).toEqual({ type: "actions", items: [button("a"), link, select(3)] });
    expect(choices).toEqual([]);
  });

  it.each([
    ["too many buttons", [button("a"), button("b"), button("c")], ["a", "b"], ["c"]],
    ["too long a label", [button("a", "a label too long"), button("b")], ["b"], ["a label too long"]],
    ["too many options", [select(4), button("b")], ["b"], ["Option 0", "Option 1", "Option 2", "Option 3"]],
    ["a second select", [select(1), select(2)], ["Pick"], ["Option 0", "Option 1"]],
  ])("lists what does not fit: %s", (_why, items, kept, listed) => {
    const { content, choices } = degrade(actions(...items), rich);
    const last = content.at(-1);
    expect(last?.type === "actions" ? last.items.map((item) => item.label) : []).toEqual(kept);
    expect(choices.map((choice) => choice.label)).toEqual(listed);
  });

  it("numbers the choices across buttons and options, as they are printed", () => {
    const { content, choices } = degrade(actions(button("yes"), link, select(2), button("no")), plain);
    expect(plainText(content)).toBe("1. yes\n\nPick\n\n2. Option 0\n3. Option 1\n4. no\n\nDocs");
    expect(choices).toEqual([
      { number: 1, label: "yes", action: "yes", value: "yes!" },
      { number: 2, label: "Option 0", action: "pick", value: "o0" },
      { number: 3, label: "Option 1", action: "pick", value: "o1" },
      { number: 4, label: "no", action: "no", value: "no!" },
    ]);
  });

  it("lets foreign nodes pass", () => {
    const root = [
      { type: "root", children: parseMarkdown("|k|v|\n|-|-|\n|a|b|") },
      { type: "html", value: "<b>" },
    ] as unknown as Content;
    expect(plainText(degrade(root, plain).content)).toBe("k   | v\n----|----\na   | b\n\n<b>");
  });
});
