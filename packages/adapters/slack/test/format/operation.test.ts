import { describe, expect, it } from "vitest";
import type { Address, Content, Operation, PreparedDraft } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { slack } from "../../src/index.ts";

const { formatter } = slack();
const room: Address = { platform: "slack", account: "T0001", room: "C0001" };
const thread: Address = { ...room, thread: "1.000100" };

const draft = (content: string | Content, rest: Partial<PreparedDraft> = {}): PreparedDraft => ({
  attachments: [],
  ...rest,
  content: typeof content === "string" ? parseMarkdown(content) : content,
});
const format = (operation: Operation, to = room) =>
  formatter.format(operation, to) as {
    method: string;
    args: Record<string, unknown>;
    exact?: { args: Record<string, unknown>; needed: boolean };
  };
const post = (what: string | Content, rest: Partial<PreparedDraft> = {}, to = room) =>
  format({ kind: "message.post", draft: draft(what, rest) }, to);

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
      const ended = format({ kind: "stream.end", messageId: "1.2", text: "", draft: draft(words), resumed: true }, thread);
      expect(ended.exact?.args).toMatchObject({ text });
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

describe("streams", () => {
  it("begin in the thread, for the reader", () => {
    expect(format({ kind: "stream.begin", text: "**a**", recipient: "U0001" }, thread)).toEqual({
      method: "chat.startStream",
      args: {
        channel: "C0001",
        thread_ts: "1.000100",
        recipient_user_id: "U0001",
        recipient_team_id: "T0001",
        markdown_text: "**a**",
      },
    });
    expect(format({ kind: "stream.begin", text: "a" }, { ...thread, room: "D0001" }).args).not.toHaveProperty(
      "recipient_user_id",
    );
  });

  it("call nobody, however the token is cut", () => {
    const whole = "hi <!channel> and <@U0001> and <!subteam^S1> <!-- note --> <div>";
    for (let cut = 0; cut <= whole.length; cut++) {
      const [first, second] = [whole.slice(0, cut), whole.slice(cut)];
      const begun = format({ kind: "stream.begin", text: first }, thread).args["markdown_text"];
      const added = format({ kind: "stream.append", messageId: "1", text: second, full: whole }, thread).args["markdown_text"];
      const shown = `${String(begun)}${String(added)}`;
      expect(shown).not.toMatch(/<[!@#][A-Za-z]/);
      expect(shown).toContain("<!-- note -->");
      expect(shown.replaceAll("\u200B", "")).toBe(whole);
    }
  });

  it("end with what is left, and lesson 36: with nothing where nothing is left", () => {
    const end = format({ kind: "stream.end", messageId: "1", text: " rest", draft: draft("all the rest") }, thread);
    expect(end).toMatchObject({
      method: "chat.stopStream",
      args: { channel: "C0001", markdown_text: " rest" },
      exact: { needed: false },
    });
    expect(format({ kind: "stream.end", messageId: "1", text: "", draft: draft("all") }, thread).args).toEqual({
      channel: "C0001",
    });
  });

  it("end with an edit where Markdown cannot say it, or where nobody knows what is shown", () => {
    const mention = format(
      { kind: "stream.end", messageId: "1", text: "", draft: draft("hi [Ada](mention:user:U0001)") },
      thread,
    );
    expect(mention.exact).toEqual({ args: { channel: "C0001", text: "hi <@U0001>", blocks: [], parse: "none" }, needed: true });
    const resumed = format({ kind: "stream.end", messageId: "1", text: "doubtful", draft: draft("sure"), resumed: true }, thread);
    expect(resumed).toMatchObject({ args: { channel: "C0001" }, exact: { needed: true } });
    expect(resumed.args).not.toHaveProperty("markdown_text");
  });

  it("lesson 12: names in code stay names in code", () => {
    const end = format(
      { kind: "stream.end", messageId: "1", text: "", draft: draft("`@ada/postgres` and <@U1>"), resumed: true },
      thread,
    );
    expect(end.exact?.args["text"]).toBe("`@ada/postgres` and &lt;@U1&gt;");
  });
});
