import { describe, expect, it } from "vitest";
import type { Content } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { draft, format, post, thread } from "../support/format.ts";

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
    expect(mention.exact).toEqual({ args: { channel: "C0001", markdown_text: "hi <@U0001>" }, needed: true });
    const resumed = format({ kind: "stream.end", messageId: "1", text: "doubtful", draft: draft("sure"), resumed: true }, thread);
    expect(resumed).toMatchObject({ args: { channel: "C0001" }, exact: { needed: true } });
    expect(resumed.args).not.toHaveProperty("markdown_text");
  });

  it("lesson 15: name the same people as posts do", () => {
    const words = "[Ada](mention:user:U0001) and <@U0002> and `<@U0003>`";
    const end = format({ kind: "stream.end", messageId: "1", text: "", draft: draft(words), resumed: true }, thread);
    for (const said of [end.exact?.args["markdown_text"], post(words).args["text"]]) {
      expect(String(said).match(/<@U\d+>/g)).toEqual(["<@U0001>"]);
    }
  });

  it("end with blocks where there is more to say than text", () => {
    const content: Content = [...parseMarkdown("Go?"), { type: "actions", items: [{ kind: "button", id: "go", label: "Yes" }] }];
    const end = format({ kind: "stream.end", messageId: "1", text: "o?", draft: draft(content) }, thread);
    expect(end).toMatchObject({
      args: { markdown_text: "o?", blocks: [{ type: "actions" }] },
      exact: { args: { text: "Go?", blocks: [{}, {}] }, needed: false },
    });
  });

  it("end without a word when there is none", () => {
    const end = format({ kind: "stream.end", messageId: "1", text: "", draft: draft("") }, thread);
    expect(end).toEqual({ method: "chat.stopStream", args: { channel: "C0001" } });
  });

  it("lesson 12: names in code stay names in code", () => {
    expect(post("`@ada/postgres` and <@U1>").args["text"]).toBe("`@ada/postgres` and &lt;@U1&gt;");
  });
});
