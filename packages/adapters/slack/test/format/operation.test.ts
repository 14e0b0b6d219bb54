import { describe, expect, it } from "vitest";
import type { Content } from "@devflow/gateway/contract";
import { draft, format, post, thread } from "../support/format.ts";

describe("posts", () => {
  it("are mrkdwn that unfurls nothing", () => {
    expect(post("**hi** & <!channel>")).toEqual({
      method: "chat.postMessage",
      args: { channel: "C0001", text: "*hi* &amp; &lt;!channel&gt;", unfurl_links: false, unfurl_media: false },
    });
  });

  it("answer in the thread, or begin one at the message they answer", () => {
    expect(post("a", {}, thread).args).toMatchObject({ thread_ts: "1.000100" });
    expect(post("a", { replyTo: "2.000100" }).args).toMatchObject({ thread_ts: "2.000100" });
    expect(post("a", { replyTo: "2.000100" }, thread).args).toMatchObject({ thread_ts: "1.000100" });
    expect(post("a").args).not.toHaveProperty("thread_ts");
  });

  it("may be for one person", () => {
    expect(post("a", { onlyFor: "U0001" }, thread)).toEqual({
      method: "chat.postEphemeral",
      args: { channel: "C0001", user: "U0001", thread_ts: "1.000100", text: "a" },
    });
  });

  it("lesson 24: say something or are refused", () => {
    for (const nothing of ["", " ", "\u200B"]) expect(() => post(nothing)).toThrow(/says nothing/);
  });

  it("take what the model does not name", () => {
    expect(post("a", { native: { slack: { unfurl_links: true, username: "CI" } } }).args).toMatchObject({
      text: "a",
      unfurl_links: true,
      username: "CI",
    });
  });

  it("leave files to the sender, with the text beside them", () => {
    const attachments = [{ kind: "file" as const, name: "a.txt", source: { type: "stored" as const, key: "k" } }];
    expect(post("see", { attachments }, thread)).toEqual({
      method: "files.completeUploadExternal",
      args: { channel_id: "C0001", thread_ts: "1.000100", initial_comment: "see" },
    });
    expect(post([], { attachments })).toEqual({ method: "files.completeUploadExternal", args: { channel_id: "C0001" } });
    expect(() => post("see", { attachments, onlyFor: "U1" })).toThrow(/one person/);
  });
});

describe("names", () => {
  const said = (words: string) => post(words).args["text"];

  it("lesson 11: leave e-mails, addresses and handles as they are", () => {
    expect(said("ada@acme.com @ada #general")).toMatch(/^(?:<mailto:)?ada@acme\.com.* @ada #general$/);
    expect(said("https://acme.com/@ada/x#general")).toBe("<https://acme.com/@ada/x#general>");
  });

  it("lesson 13: are wrapped once, each where it stands", () => {
    expect(said("[Ada](mention:user:U0001) and [Ada](mention:user:U0001)")).toBe("<@U0001> and <@U0001>");
    expect(said("<@U0001> [Ada](mention:user:U0001)")).toBe("&lt;@U0001&gt; <@U0001>");
  });

  it("call everybody only when the draft says so", () => {
    const room = [{ type: "paragraph" as const, children: [{ type: "mention" as const, target: "room" as const, id: "here" }] }];
    expect(post(room).args["text"]).not.toContain("<!");
    expect(post(room, { broadcast: true }).args["text"]).toBe("<!here>");
  });
});

describe("blocks", () => {
  const actions: Content = [
    { type: "paragraph", children: [{ type: "text", value: "Deploy?" }] },
    {
      type: "actions",
      items: [
        { kind: "button", id: "go", label: "Yes", value: "1", style: "primary" },
        { kind: "button", id: "go", label: "Later", value: "2" },
        { kind: "link", label: "Log", url: "https://a.b" },
        { kind: "select", id: "env", label: "Where", options: [{ label: "Prod", value: "p", description: "live" }] },
        { kind: "select", id: "tags", label: "Tags", multiple: true, options: [{ label: "A", value: "a" }] },
        { kind: "select", id: "city", label: "City", options: [], dynamic: true },
      ],
    },
  ];

  it("carry actions, with the words as fallback", () => {
    const { args } = post(actions);
    expect(args["text"]).toBe("Deploy?");
    expect(args["blocks"]).toEqual([
      { type: "section", text: { type: "mrkdwn", text: "Deploy?", verbatim: true } },
      {
        type: "actions",
        elements: [
          { type: "button", action_id: "go", text: plain("Yes"), value: "1", style: "primary" },
          { type: "button", action_id: "go::1", text: plain("Later"), value: "2" },
          { type: "button", action_id: "devflow:link:2", text: plain("Log"), url: "https://a.b" },
          {
            type: "static_select",
            action_id: "env",
            placeholder: plain("Where"),
            options: [{ text: plain("Prod"), value: "p", description: plain("live") }],
          },
          { type: "external_select", action_id: "city", placeholder: plain("City"), min_query_length: 0 },
        ],
      },
      {
        type: "section",
        text: plain("Tags"),
        accessory: {
          type: "multi_static_select",
          action_id: "tags",
          placeholder: plain("Tags"),
          options: [{ text: plain("A"), value: "a" }],
        },
      },
    ]);
  });

  it("carry fields in columns of ten", () => {
    const items = Array.from({ length: 12 }, (_, n) => ({ name: `n${n}`, value: [{ type: "text" as const, value: `v<${n}` }] }));
    const blocks = post([{ type: "fields", items }]).args["blocks"] as { fields: { text: string; verbatim: boolean }[] }[];
    expect(blocks.map((block) => block.fields.length)).toEqual([10, 2]);
    expect(blocks[0]?.fields[1]).toEqual({ type: "mrkdwn", text: "*n1*\nv&lt;1", verbatim: true });
  });

  it("hold no section of more than 3,000, and lose nothing", () => {
    const long = Array.from({ length: 60 }, (_, n) => `word${n} ${"x".repeat(55)}`).join(" ");
    const content: Content = [{ type: "paragraph", children: [{ type: "text", value: long }] }, ...actions.slice(1)];
    const blocks = post(content).args["blocks"] as { type: string; text?: { text: string } }[];
    const texts = blocks.flatMap((block) =>
      block.type === "section" && block.text !== undefined && block.text.text !== "Tags" ? [block.text.text] : [],
    );
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(3_000);
    expect(texts.join("").replace(/\s/g, "")).toBe(long.replace(/\s/g, ""));
  });

  it("are never more than the 50 that Slack takes: a long report has its fields as lines, and loses no word", () => {
    const words = (value: string) => [{ type: "text" as const, value }];
    const services = Array.from({ length: 30 }, (_, n): Content => {
      const items = [
        { name: `Latency${n}`, value: words(`${n} ms`) },
        { name: `Errors${n}`, value: words(`none${n}`) },
      ];
      return [
        { type: "heading", depth: 3, children: words(`service${n}`) },
        { type: "fields", items },
      ];
    });
    const blocks = (count: number) =>
      post([...services.slice(0, count).flat(), ...actions.slice(1)]).args["blocks"] as { type: string; fields?: object[] }[];
    expect(blocks(24)).toHaveLength(50);
    expect(blocks(24)[1]?.fields).toHaveLength(2);
    const most = blocks(30);
    expect(most.length).toBeLessThanOrEqual(50);
    expect(most.map(({ type }) => type)).toContain("actions");
    for (let n = 0; n < 30; n++)
      for (const word of [`service${n}*`, `Latency${n}:* ${n} ms`, `Errors${n}:* none${n}`])
        expect(JSON.stringify(most)).toContain(word);
  });

  it("cut labels that Slack would refuse, never through a character", () => {
    const items = [{ kind: "button" as const, id: "a", label: `${"x".repeat(73)}😀😀` }];
    const [block] = post([{ type: "actions", items }]).args["blocks"] as { elements: { text: { text: string } }[] }[];
    expect(block?.elements[0]?.text.text).toBe(`${"x".repeat(73)}…`);
  });
});

function plain(text: string): object {
  return { type: "plain_text", text, emoji: true };
}

describe("edits", () => {
  it("lesson 38: leave nothing of the old blocks", () => {
    expect(format({ kind: "message.edit", messageId: "1.2", draft: draft("now @here") })).toEqual({
      method: "chat.update",
      args: { channel: "C0001", text: "now @here", blocks: [], parse: "none" },
    });
  });

  it("lesson 15: read as posts do", () => {
    for (const words of [
      "**a** `b` [c](https://d.e) @here #general",
      "> q\n\n- x\n- y",
      "[Ada](mention:user:U0001) and <@U0002>",
    ]) {
      const { text, unfurl_links: _, unfurl_media: __, ...rest } = post(words).args;
      expect(format({ kind: "message.edit", messageId: "1.2", draft: draft(words) }).args).toMatchObject({ text });
      expect(post(words, { onlyFor: "U1" }).args).toMatchObject({ text, ...rest });
    }
  });
});

describe("small things", () => {
  it("name the message nowhere", () => {
    expect(format({ kind: "message.delete", messageId: "1.2" })).toEqual({ method: "chat.delete", args: { channel: "C0001" } });
    expect(format({ kind: "reaction.add", messageId: "1.2", emoji: "👍🏽" })).toEqual({
      method: "reactions.add",
      args: { channel: "C0001", name: "+1::skin-tone-4" },
    });
    expect(format({ kind: "reaction.remove", messageId: "1.2", emoji: ":party_parrot:" })).toEqual({
      method: "reactions.remove",
      args: { channel: "C0001", name: "party_parrot" },
    });
    for (const [emoji, name] of [
      ["❤️", "heart"],
      ["❤", "heart"],
      ["✅", "white_check_mark"],
      ["🇵🇹", "flag-pt"],
      ["eyes", "eyes"],
    ] as const) {
      expect(format({ kind: "reaction.add", messageId: "1.2", emoji }).args["name"]).toBe(name);
    }
  });

  it("refuses to type", () => {
    expect(() => format({ kind: "typing.start" })).toThrow(/typing/);
  });

  it("opens forms that know where they were opened", () => {
    const form = {
      id: "feedback",
      title: "A title that is longer than it may be",
      state: "order 7",
      fields: [
        {
          id: "note",
          label: "Note",
          kind: "text" as const,
          multiline: true,
          placeholder: "…",
          value: "v",
          maxLength: 9_999,
          optional: true,
          hint: "h",
        },
        { id: "mood", label: "Mood", kind: "select" as const, options: [{ label: "Good", value: "g" }] },
        { id: "day", label: "Day", kind: "date" as const },
        { id: "who", label: "Who", kind: "user" as const },
      ],
    };
    const { method, args } = format({ kind: "form.open", trigger: "t", form }, thread);
    expect(method).toBe("views.open");
    const view = args["view"] as { title: { text: string }; private_metadata: string; blocks: object[] };
    expect(args["trigger_id"]).toBe("t");
    expect(view.title.text.length).toBe(24);
    expect(JSON.parse(view.private_metadata)).toEqual({ devflow: { room: "C0001", thread: "1.000100", state: "order 7" } });
    expect(view.blocks).toMatchObject([
      {
        type: "input",
        block_id: "note",
        optional: true,
        element: { type: "plain_text_input", action_id: "note", multiline: true, initial_value: "v", max_length: 3_000 },
      },
      { block_id: "mood", element: { type: "static_select", action_id: "mood" } },
      { block_id: "day", element: { type: "datepicker", action_id: "day" } },
      { block_id: "who", element: { type: "users_select", action_id: "who" } },
    ]);
  });
});
