import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressKey, parseAddressKey } from "@devflow/gateway/kit";
import { chatParams, placeOf, readHandle, writeHandle, type FileKind } from "../../src/wire/index.ts";

const chats = fc.integer({ min: -(2 ** 52), max: 2 ** 52 }).filter((chat) => chat !== 0);
const connections = fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/), { nil: undefined });

describe("places", () => {
  it("lesson 21: ids go round without a prefix too many, for every chat, topic and connection", () => {
    const topics = fc.option(fc.integer({ min: 2, max: 2 ** 31 }), { nil: undefined });
    fc.assert(
      fc.property(chats, topics, connections, (chat, topic, connection) => {
        const place = placeOf(
          {
            chat: { id: chat },
            ...(topic !== undefined && { message_thread_id: topic, is_topic_message: true }),
            ...(connection !== undefined && { business_connection_id: connection }),
          },
          "123456",
        );
        if (!place) throw new Error("no place");
        expect(parseAddressKey(addressKey(place))).toEqual(place);
        expect(chatParams(place)).toEqual({
          chat_id: chat,
          ...(topic !== undefined && { message_thread_id: topic }),
          ...(connection !== undefined && { business_connection_id: connection }),
        });
        expect(place.room).toBe(connection === undefined ? String(chat) : `${chat}@${connection}`);
      }),
    );
  });

  it("takes a thread only where it is a topic: elsewhere the id is a chain of replies", () => {
    expect(placeOf({ chat: { id: -1 }, message_thread_id: 9 }, "1")).not.toHaveProperty("thread");
    expect(placeOf({ chat: { id: -1 }, message_thread_id: 9, is_topic_message: true }, "1")).toHaveProperty("thread", "9");
  });

  it("leaves out the general topic, in and out", () => {
    expect(placeOf({ chat: { id: -1 }, message_thread_id: 1, is_topic_message: true }, "1")).not.toHaveProperty("thread");
    expect(chatParams({ platform: "telegram", account: "1", room: "-1", thread: "1" })).toEqual({ chat_id: -1 });
  });

  it("addresses public channels by name, and direct messages of channels by their topic", () => {
    expect(chatParams({ platform: "telegram", account: "1", room: "@news" })).toEqual({ chat_id: "@news" });
    const place = placeOf({ chat: { id: -5 }, direct_messages_topic: { topic_id: 88 } }, "1");
    expect(place && chatParams(place)).toEqual({ chat_id: -5, direct_messages_topic_id: 88 });
  });

  it("has no place for a payload without a chat", () => {
    for (const chat of [undefined, null, {}, { id: null }, { id: {} }, { id: 1.5 }, "x"])
      expect(placeOf({ chat }, "1")).toBeUndefined();
  });
});

describe("file handles", () => {
  it("go round", () => {
    const kinds = fc.constantFrom<FileKind>("photo", "video", "animation", "document", "audio", "voice", "video_note", "sticker");
    fc.assert(
      fc.property(kinds, fc.string({ minLength: 1 }), (kind, fileId) => {
        const handle = { account: "123456", kind, fileId };
        expect(readHandle(writeHandle(handle))).toEqual(handle);
      }),
    );
  });

  it("knows the handles of others for what they are", () => {
    for (const foreign of ["", "F0123", "mxc://server/id", "123456/unknown/x", "abc/photo/x"])
      expect(readHandle(foreign)).toBeUndefined();
  });
});
