import { preview } from "@devflow/gateway";
import { describe, expect, it } from "vitest";
import { slack } from "../src/index.ts";

const { capabilities, limits } = slack();
const room = { platform: "slack", account: "T0001", room: "C0001" };

describe("capabilities", () => {
  it("streams natively in threads alone, and where the reader's workspace is known", () => {
    const stream = (address: typeof room & { thread?: string }) => capabilities(address).operations["stream.begin"];
    expect(stream(room)).toBe("emulated");
    expect(stream({ ...room, thread: "1.2" })).toBe("native");
    expect(stream({ ...room, room: "D0001", thread: "1.2" })).toBe("native");
    expect(stream({ ...room, account: "E0001", thread: "1.2" })).toBe("emulated");
    expect(capabilities({ ...room, thread: "1.2" }).stream.recipient).toBe(true);
    expect(capabilities({ ...room, room: "D0001", thread: "1.2" }).stream.recipient).toBeUndefined();
  });

  it("puts every part of a long answer into the thread that it begins", async () => {
    const parts = await preview(slack(), { content: "many words ".repeat(1_000), replyTo: "1.000100" }, room);
    expect(parts.length).toBeGreaterThan(2);
    for (const { body } of parts) expect(body["args"]).toMatchObject({ thread_ts: "1.000100" });
  });

  it("posts nothing that could not be edited", () => {
    expect(capabilities().text).toEqual({ limit: 4000, unit: "utf16", editLimit: 4000 });
  });
});

describe("limits", () => {
  it("counts messages per channel and per workspace, and other methods per workspace", () => {
    expect(limits("message.post", room).map((bucket) => bucket.key)).toEqual([
      "slack/T0001/C0001",
      "slack/T0001/chat.postMessage",
    ]);
    expect(limits("message.edit", room)).toMatchObject([{ key: "slack/T0001/chat.update", rate: 50, periodMs: 60_000 }]);
    expect(limits("reaction.remove", room)).toMatchObject([{ rate: 20 }]);
    expect(limits("stream.append", room)).toMatchObject([{ rate: 100 }]);
    expect(limits("typing.start", room)).toEqual([]);
  });

  it("lesson 27: has the account in every key", () => {
    for (const kind of ["message.post", "message.edit", "stream.begin", "form.open"] as const) {
      for (const { key } of limits(kind, { ...room, account: "T/2" })) expect(key.startsWith("slack/T%2f2/")).toBe(true);
    }
  });
});
