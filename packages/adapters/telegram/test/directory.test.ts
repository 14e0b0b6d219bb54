import { describe, expect, it } from "vitest";
import { telegram } from "../src/index.ts";
import { fakeApi, refusal } from "./support/api.ts";

const chats: Record<string, object> = {
  "42": { id: 42, type: "private", first_name: "Ada", username: "ada", bio: "private matters" },
  "-1001": { id: -1001, type: "supergroup", title: "Workshop", username: "workshop" },
};

const answering = (): ReturnType<typeof fakeApi> =>
  fakeApi(({ params }) => chats[String(params.chat_id)] ?? refusal(400, "Bad Request: chat not found"));

describe("directory", () => {
  it("finds people who have met the bot", async () => {
    const { directory } = telegram();
    const context = answering().context();
    expect(await directory?.user("42", "123456", context)).toEqual({
      id: "42",
      kind: "person",
      self: false,
      name: "Ada",
      handle: "ada",
    });
    expect(await directory?.user("43", "123456", context)).toBeUndefined();
    expect(await directory?.user("-1001", "123456", context)).toBeUndefined();
  });

  it("finds chats, and keeps the address it was given", async () => {
    const address = { platform: "telegram", account: "123456", room: "-1001", thread: "9" };
    expect(await telegram().directory?.conversation(address, answering().context())).toEqual({
      address,
      kind: "group",
      title: "Workshop",
      url: "https://t.me/workshop",
    });
  });

  it("asks once in a while, and remembers nothing but names", async () => {
    const api = answering();
    const context = api.context();
    const { directory } = telegram();
    await directory?.user("42", "123456", context);
    await directory?.user("42", "123456", context);
    expect(api.calls).toHaveLength(1);
    expect(JSON.stringify([...context.remembered])).not.toContain("private matters");
    await context.clock.advance(600_001);
    await directory?.user("42", "123456", context);
    expect(api.calls).toHaveLength(2);
  });

  it("lesson 27: keeps what two bots see apart", async () => {
    const context = answering().context({
      secrets: { "BOT_TOKEN@1": `1:${"A".repeat(30)}`, "BOT_TOKEN@2": `2:${"A".repeat(30)}` },
    });
    const { directory } = telegram();
    await directory?.user("42", "1", context);
    await directory?.user("42", "2", context);
    expect(context.remembered.size).toBe(2);
  });

  it("passes on what is no answer", async () => {
    const api = fakeApi(() => refusal(500, "Internal Server Error"));
    await expect(telegram().directory?.user("42", "123456", api.context())).rejects.toMatchObject({ code: "platform.failed" });
  });
});
