import { processorMs } from "@devflow/conformance";
import { describe, expect, it } from "vitest";
import { plainText, printMarkdown } from "@devflow/gateway/kit";
import { contentOf } from "../../src/normalize/html.ts";
import { account, event, read, relation, text } from "../support/events.ts";

const styled = (html: string): object => ({ format: "org.matrix.custom.html", formatted_body: html });

describe("messages", () => {
  it("are for the bot in a direct chat, by mention, and as a reply to it; a notice never is", () => {
    const addressed = (content: object, facts: object = {}): boolean =>
      read(text("hi", content), "message.created", facts).message.addressed;
    const reply = { "m.relates_to": { "m.in_reply_to": { event_id: "$ours" } } };
    expect(addressed({})).toBe(false);
    expect(addressed({}, { direct: true })).toBe(true);
    expect(addressed({ "m.mentions": { user_ids: [account] } })).toBe(true);
    expect(addressed(reply)).toBe(false);
    expect(addressed(reply, { ours: true })).toBe(true);
    expect(addressed({ msgtype: "m.notice", "m.mentions": { user_ids: [account] } }, { direct: true })).toBe(false);
  });

  it("lose the quotation that old clients put before a reply", () => {
    const content = {
      ...styled("<mx-reply><blockquote>old</blockquote></mx-reply>new"),
      "m.relates_to": { "m.in_reply_to": { event_id: "$a" } },
    };
    expect(read(text("> <@ada:example.org> old\n\nnew", content), "message.created").message.text).toBe("new");
    const plain = { "m.relates_to": { "m.in_reply_to": { event_id: "$a" } } };
    const { message } = read(text("> <@ada:example.org> old\n\nnew", plain), "message.created");
    expect([message.text, message.replyTo]).toEqual(["new", { id: "$a" }]);
  });

  it("in a thread answer it, and the makeshift for old clients is no reply", () => {
    const makeshift = relation("m.thread", { is_falling_back: true, "m.in_reply_to": { event_id: "$last" } });
    const { message, conversation } = read(text("hi", makeshift), "message.created");
    expect([conversation.address.thread, message.replyTo]).toEqual(["$target", undefined]);
  });

  it("tell a caption from a file's name", () => {
    const file = { msgtype: "m.image", url: "mxc://e.org/a" };
    const bare = read(event("m.room.message", { ...file, body: "a.png" }), "message.created").message;
    const captioned = read(event("m.room.message", { ...file, body: "look", filename: "a.png" }), "message.created").message;
    expect([bare.text, bare.attachments[0]?.name, captioned.text, captioned.attachments[0]?.name]).toEqual([
      "",
      "a.png",
      "look",
      "a.png",
    ]);
  });

  it("have no file to open when its address could be a path, or is of an encrypted room", () => {
    for (const content of [
      { url: "mxc://e.org/../../x" },
      { url: "https://e.org/x" },
      { file: { url: "mxc://e.org/a", key: {} } },
    ]) {
      const { attachments } = read(
        event("m.room.message", { msgtype: "m.file", body: "a", ...content }),
        "message.created",
      ).message;
      expect(attachments).toEqual([{ kind: "file", name: "a" }]);
    }
  });

  it("carry no time before Matrix, nor one of the future", () => {
    const at = (ts: number): number => read({ ...text("hi"), origin_server_ts: ts }, "message.created").at;
    expect([at(0), at(9e15), at(1_767_225_600_000)]).toEqual([1_767_225_600_500, 1_767_225_600_500, 1_767_225_600_000]);
  });
});

describe("contentOf", () => {
  it.each([
    ["<p>a <b>b</b> <em>c</em></p>", "a **b** _c_"],
    ["a<br>b", "a\nb"],
    ["<h2>x</h2><hr>y", "## x\n\n___\n\ny"],
    ["<ol start=3><li>a</li><li>b<ul><li>c</li></ul></li></ol>", "3. a\n4. b\n   - c"],
    ['<pre><code class="language-ts">a &lt; b\n</code></pre>', "```ts\na < b\n```"],
    ['<a href="https://matrix.to/#/@ada:e.org">Ada</a>, hi', "[Ada](mention:user:@ada:e.org), hi"],
    ['<a href="https://matrix.to/#/%23ops:e.org">ops</a>', "[ops](mention:channel:#ops:e.org)"],
    ['<span data-mx-spoiler="why">x</span>', "||x||"],
    ["<script>alert(1)</script>a</b></p>", "a"],
    ["<table><tr><th>a</th></tr><tr><td>b</td></tr></table>", "| a |\n| --- |\n| b |"],
  ])("reads %s", (html, expected) => {
    expect(printMarkdown(contentOf(html))).toBe(expected);
  });

  it("survives what is deep or unclosed", () => {
    expect(plainText(contentOf(`${"<blockquote>".repeat(50_000)}word`))).toContain("word");
    expect(plainText(contentOf("<".repeat(100_000)))).toContain("<");
    expect(plainText(contentOf("seen <!-- hidden --> and seen <!-- hidden"))).toBe("seen and seen");
  });

  it("takes time in proportion to the text: anybody may send one that is as long as an event", () => {
    for (const bomb of ["<!--", "<a", "<a b=", "<u>a</u>", "<br> ", "<ul><li>", "a <b> </b>", "&#"]) {
      const html = bomb.repeat(Math.ceil(60_000 / bomb.length));
      expect(processorMs(() => void plainText(contentOf(html)))).toBeLessThan(400);
    }
  });
});
