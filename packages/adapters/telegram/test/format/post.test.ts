import type { Address, Attachment, Content, PreparedDraft } from "@devflow/gateway/contract";
import { parseMarkdown } from "@devflow/gateway/kit";
import { describe, expect, it } from "vitest";
import { formatter } from "../../src/format/index.ts";
import type { TelegramBody } from "../../src/wire/index.ts";

const group: Address = { platform: "telegram", account: "123456", room: "-1001" };
const person: Address = { ...group, room: "42" };

function post(draft: Partial<PreparedDraft> & { readonly text?: string }, to: Address = group): TelegramBody {
  const { text, ...rest } = draft;
  const content: Content = text === undefined ? [] : parseMarkdown(text);
  return formatter.format({ kind: "message.post", draft: { content, attachments: [], ...rest } }, to) as TelegramBody;
}

const image = (key: string): Attachment => ({
  kind: "image",
  source: { type: "stored", key },
  name: `${key}.png`,
  mediaType: "image/png",
});
const actions: Content = [{ type: "actions", items: [{ kind: "button", id: "ok", label: "OK" }] }];

describe("posts", () => {
  it("are HTML without a preview, and name no chat: the conversation may move meanwhile", () => {
    expect(post({ text: "**hi** <you>" })).toEqual({
      calls: [
        {
          method: "sendMessage",
          params: { text: "<b>hi</b> &lt;you&gt;", parse_mode: "HTML", link_preview_options: { is_disabled: true } },
        },
      ],
    });
  });

  it("answer a message, even one that is gone by then", () => {
    expect(post({ text: "hi", replyTo: "7" }).calls[0]?.params).toMatchObject({
      reply_parameters: { message_id: 7, allow_sending_without_reply: true },
    });
    expect(post({ text: "hi", replyTo: "draft:7" }).calls[0]?.params).not.toHaveProperty("reply_parameters");
  });

  it("carry buttons, silence, and native fields over everything", () => {
    const body = post({
      content: [...parseMarkdown("hi"), ...actions],
      silent: true,
      native: { telegram: { protect_content: true, link_preview_options: {} } },
    });
    expect(body.calls[0]?.params).toMatchObject({
      reply_markup: { inline_keyboard: [[{ text: "OK", callback_data: "ok" }]] },
      disable_notification: true,
      protect_content: true,
      link_preview_options: {},
    });
  });

  it("lesson 36: are never empty", () => {
    for (const content of [[], parseMarkdown("   "), [{ type: "paragraph" as const, children: [] }]]) {
      expect(() => post({ content })).toThrow(expect.objectContaining({ code: "content.rejected" }));
    }
    expect(post({ content: actions }).calls[0]?.params.text).toBe("…");
  });

  it("for one person go to that person's own chat, and never to a group", () => {
    expect(post({ text: "psst", onlyFor: "42" }, person).calls).toHaveLength(1);
    expect(() => post({ text: "psst", onlyFor: "42" }, group)).toThrow(
      expect.objectContaining({ code: "operation.unsupported" }),
    );
    expect(() => post({ text: "psst", onlyFor: "43" }, person)).toThrow(
      expect.objectContaining({ code: "operation.unsupported" }),
    );
  });

  it("become two when titles of selects make them too long for one", () => {
    const select: Content = [
      { type: "actions", items: [{ kind: "select", id: "s", label: "Pick", options: [{ label: "A", value: "a" }] }] },
    ];
    const body = post({ content: [...parseMarkdown("x".repeat(4094)), ...select] });
    expect(body.calls.map(({ params }) => [String(params.text).length, "reply_markup" in params])).toEqual([
      [4094, false],
      [4, true],
    ]);
    expect(body.text).toBe(1);
  });
});

describe("attachments", () => {
  it("alone go by the method of their kind", () => {
    const remote = (kind: string): Attachment => ({ kind: "file", source: { type: "remote", handle: `123456/${kind}/f` } });
    const methods = ["photo", "video", "animation", "document", "audio", "voice", "video_note", "sticker"].map(
      (kind) => post({ attachments: [remote(kind)] }).calls[0],
    );
    expect(methods).toEqual([
      { method: "sendPhoto", params: { photo: "f" } },
      { method: "sendVideo", params: { video: "f" } },
      { method: "sendAnimation", params: { animation: "f" } },
      { method: "sendDocument", params: { document: "f" } },
      { method: "sendAudio", params: { audio: "f" } },
      { method: "sendVoice", params: { voice: "f" } },
      { method: "sendVideoNote", params: { video_note: "f" } },
      { method: "sendSticker", params: { sticker: "f" } },
    ]);
  });

  it("carry the text as their caption", () => {
    expect(post({ text: "*look*", attachments: [image("a")] }).calls).toEqual([
      {
        method: "sendPhoto",
        params: { photo: { stored: "a", name: "a.png", mediaType: "image/png" }, caption: "<i>look</i>", parse_mode: "HTML" },
      },
    ]);
  });

  it("of one kind become an album, with the caption on its first and no buttons", () => {
    const [call] = post({ text: "trip", attachments: [image("a"), image("b")], replyTo: "7" }).calls;
    expect(call).toMatchObject({
      method: "sendMediaGroup",
      params: { media: [{ type: "photo", caption: "trip" }, { type: "photo" }], reply_parameters: { message_id: 7 } },
    });
    const withButtons = post({ content: [...parseMarkdown("trip"), ...actions], attachments: [image("a"), image("b")] });
    expect(withButtons.calls.map(({ method }) => method)).toEqual(["sendMessage", "sendMediaGroup"]);
  });

  it("of different kinds go in order, in as few calls as can be", () => {
    const file: Attachment = { kind: "file", source: { type: "url", url: "https://example.com/a.pdf" } };
    const place: Attachment = { kind: "location", location: { latitude: 1, longitude: 2, title: "Café" } };
    const phone: Attachment = { kind: "contact", contact: { name: "Ada", phone: "+1" } };
    const calls = post({
      text: "all",
      attachments: [image("a"), image("b"), file, file, place, phone, { kind: "contact", contact: { name: "No <phone>" } }],
    }).calls;
    expect(calls.map(({ method }) => method)).toEqual([
      "sendMediaGroup",
      "sendMediaGroup",
      "sendVenue",
      "sendContact",
      "sendMessage",
    ]);
    expect(calls[4]?.params.text).toBe("No &lt;phone&gt;");
  });

  it("that cannot have a caption leave the text a message of its own", () => {
    const sticker: Attachment = { kind: "sticker", source: { type: "remote", handle: "123456/sticker/s" } };
    expect(post({ text: "hi", attachments: [sticker] }).calls.map(({ method }) => method)).toEqual([
      "sendMessage",
      "sendSticker",
    ]);
  });

  it("are photos only where Telegram takes them for one", () => {
    const kind = (more: Partial<Attachment>): string | undefined =>
      post({ attachments: [{ ...image("a"), ...more }] }).calls[0]?.method;
    expect(kind({})).toBe("sendPhoto");
    expect(kind({ bytes: 10_000_001 })).toBe("sendDocument");
    expect(kind({ mediaType: "image/svg+xml" })).toBe("sendDocument");
    expect(kind({ mediaType: "image/gif" })).toBe("sendAnimation");
  });

  it("of another bot or platform are refused, not sent wrong", () => {
    for (const handle of ["999/photo/f", "F0123", ""]) {
      expect(() => post({ attachments: [{ kind: "image", source: { type: "remote", handle } }] })).toThrow(
        expect.objectContaining({ code: "content.rejected" }),
      );
    }
    expect(() => post({ attachments: [{ kind: "poll", name: "x" }] })).toThrow(
      expect.objectContaining({ code: "content.rejected" }),
    );
  });
});

describe("edits", () => {
  const edit = (draft: Partial<PreparedDraft>): TelegramBody =>
    formatter.format(
      { kind: "message.edit", messageId: "7", draft: { content: [], attachments: [], ...draft } },
      group,
    ) as TelegramBody;

  it("say how the message is afterwards: without actions, no buttons", () => {
    expect(edit({ content: parseMarkdown("new") }).calls).toEqual([
      { method: "editMessageText", params: { text: "new", parse_mode: "HTML", link_preview_options: { is_disabled: true } } },
    ]);
  });

  it("can change the buttons alone, or the file", () => {
    expect(edit({ content: actions }).calls[0]?.method).toBe("editMessageReplyMarkup");
    expect(edit({ content: parseMarkdown("new"), attachments: [image("a")] }).calls[0]).toMatchObject({
      method: "editMessageMedia",
      params: { media: { type: "photo", media: { stored: "a" }, caption: "new", parse_mode: "HTML" } },
    });
  });

  it("that leave nothing are refused", () => {
    expect(() => edit({})).toThrow(expect.objectContaining({ code: "content.rejected" }));
    expect(() => edit({ attachments: [image("a"), image("b")] })).toThrow(expect.objectContaining({ code: "content.rejected" }));
  });
});
