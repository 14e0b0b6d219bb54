import type { Attachment } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { eventOf, message } from "../support/updates.ts";

function attached(fields: object): readonly Attachment[] {
  return eventOf({ message: message({ ...fields }) }, "message.created").message.attachments;
}

const remote = (kind: string, fileId: string): object => ({ type: "remote", handle: `123456/${kind}/${fileId}` });

describe("attachments", () => {
  it("takes the largest size of a photo", () => {
    const photo = [
      { file_id: "s", file_size: 10 },
      { file_id: "l", file_size: 99 },
    ];
    expect(attached({ photo })).toEqual([{ kind: "image", source: remote("photo", "l"), mediaType: "image/jpeg", bytes: 99 }]);
  });

  it.each([
    [
      "document",
      { file_id: "f", file_name: "a.pdf", mime_type: "application/pdf", file_size: 5 },
      { kind: "file", name: "a.pdf", mediaType: "application/pdf", bytes: 5 },
    ],
    ["video", { file_id: "f", mime_type: "video/mp4" }, { kind: "video", mediaType: "video/mp4" }],
    ["audio", { file_id: "f", mime_type: "audio/mpeg" }, { kind: "audio", mediaType: "audio/mpeg" }],
    ["voice", { file_id: "f", mime_type: "audio/ogg" }, { kind: "voice", mediaType: "audio/ogg" }],
    [
      "sticker",
      { file_id: "f", emoji: "😀", is_animated: true },
      { kind: "sticker", mediaType: "application/x-tgsticker", alt: "😀" },
    ],
  ])("reads %s", (field, value, expected) => {
    expect(attached({ [field]: value })).toEqual([{ source: remote(field, "f"), ...expected }]);
  });

  it("lesson 22: a video note is a video", () => {
    expect(attached({ video_note: { file_id: "f", length: 240 } })).toEqual([
      { kind: "video", source: remote("video_note", "f"), mediaType: "video/mp4" },
    ]);
  });

  it.each(["story", "dice", "game", "checklist", "invoice", "giveaway", "hologram_from_2031"])(
    "lesson 22: %s is shown as unsupported and never vanishes",
    (field) => {
      expect(attached({ [field]: { id: 1, emoji: "🎲", value: 4 } })).toEqual([
        expect.objectContaining({ kind: "unsupported", name: field }),
      ]);
    },
  );

  it("lesson 22: even a message without any content is one", () => {
    expect(attached({})).toEqual([{ kind: "unsupported", name: "message" }]);
  });

  it("tells what a checklist says", () => {
    const checklist = {
      title: "Release",
      tasks: [
        { id: 1, text: "tag" },
        { id: 2, text: "build", completion_date: 5 },
      ],
    };
    expect(attached({ checklist })[0]?.alt).toBe("Release\n☐ tag\n☑ build");
  });

  it("takes an animation once, though a document stands beside it", () => {
    expect(attached({ animation: { file_id: "a" }, document: { file_id: "a" } })).toHaveLength(1);
  });

  it("reads places, people and polls", () => {
    expect(attached({ location: { latitude: 52.5, longitude: 13.4 } })).toEqual([
      { kind: "location", location: { latitude: 52.5, longitude: 13.4 } },
    ]);
    expect(attached({ location: {}, venue: { title: "Café", location: { latitude: 1, longitude: 2 } } })).toEqual([
      { kind: "location", location: { latitude: 1, longitude: 2, title: "Café" } },
    ]);
    expect(attached({ contact: { first_name: "Ada", last_name: "L", phone_number: "+1" } })).toEqual([
      { kind: "contact", contact: { name: "Ada L", phone: "+1" } },
    ]);
    expect(attached({ poll: { question: "Lunch?", options: [{ text: "yes" }, { text: "no" }] } })).toEqual([
      { kind: "poll", name: "Lunch?", alt: "yes\nno" },
    ]);
  });

  it("reads paid media, and shows what is not paid for yet", () => {
    const paid_media = {
      paid_media: [{ type: "photo", photo: [{ file_id: "p" }] }, { type: "video", video: { file_id: "v" } }, { type: "preview" }],
    };
    expect(attached({ paid_media }).map(({ kind }) => kind)).toEqual(["image", "video", "unsupported"]);
  });

  it("keeps the caption beside the file", () => {
    const event = eventOf({ message: message({ caption: "look", photo: [{ file_id: "p" }] }) }, "message.created");
    expect(event.message.text).toBe("look");
    expect(event.message.attachments).toHaveLength(1);
  });

  it("lesson 8: is data, so it survives a queue", () => {
    const attachments = attached({ document: { file_id: "f", file_name: "a" } });
    expect(JSON.parse(JSON.stringify(attachments))).toEqual(attachments);
  });
});
