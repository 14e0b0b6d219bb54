import { describe, expect, it } from "vitest";
import { account, event, text } from "./support/events.ts";
import { bench } from "./support/server.ts";
import { soon } from "./support/soon.ts";

const url = "http://gateway/_matrix/app/v1/transactions/1";
const send = (
  body: unknown,
  headers: Record<string, string> = { authorization: "Bearer hs-new" },
  path = url,
  method = "PUT",
): Request =>
  new Request(path, {
    method,
    headers,
    ...(method === "GET" ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });

describe("an application service", () => {
  it("takes a transaction from its homeserver, with either of its tokens, and makes a delivery of each event", async () => {
    await using made = await bench(undefined, { hsToken: ["hs-new", "hs-old"] });
    const one = text("hello");
    for (const token of ["hs-new", "hs-old"]) {
      const answer = await made.adapter.site?.fetch(
        send({ events: [one, { type: "m.odd" }, 5] }, { authorization: `Bearer ${token}` }),
        made.sink,
        made.context,
      );
      expect([answer?.status, await answer?.json()]).toEqual([200, {}]);
    }
    expect(made.taken.map(({ id }) => id)).toEqual([`${account}:${String(one.event_id)}`, `${account}:${String(one.event_id)}`]);
  });

  it.each<[string, Record<string, string>, string, number]>([
    ["without a token", {}, url, 401],
    ["with a wrong token", { authorization: "Bearer nope" }, url, 403],
    ["with a wrong token in the query", { authorization: "Bearer hs-new" }, `${url}?access_token=nope`, 403],
  ])("refuses a request %s, unread", async (_, headers, path, status) => {
    await using made = await bench(undefined, { hsToken: "hs-new" });
    const answer = await made.adapter.site?.fetch(send({ events: [text("x")] }, headers, path), made.sink, made.context);
    expect(answer?.status).toBe(status);
    expect(made.taken).toEqual([]);
  });

  it("refuses everybody when it has no token", async () => {
    await using made = await bench();
    expect((await made.adapter.site?.fetch(send({ events: [] }), made.sink, made.context))?.status).toBe(403);
  });

  it("says what it is not, and answers a ping", async () => {
    await using made = await bench(undefined, { hsToken: "hs-new" });
    const status = async (path: string, method: string, body: unknown = "{}"): Promise<unknown> =>
      (
        await made.adapter.site?.fetch(
          send(body, undefined, `http://gateway/_matrix/app/v1/${path}`, method),
          made.sink,
          made.context,
        )
      )?.status;
    expect(await status("ping", "POST")).toBe(200);
    expect(await status("users/@a:b", "GET")).toBe(404);
    expect(await status("nonsense", "GET")).toBe(404);
    expect(await status("transactions/1", "POST")).toBe(405);
    expect(await status("transactions/1", "PUT", "{")).toBe(400);
    expect(await status("transactions/1", "PUT", "x".repeat(17 * 1024 * 1024))).toBe(413);
  });

  it("does not acknowledge what is not durable", async () => {
    await using made = await bench(undefined, { hsToken: "hs-new" });
    const failing = made.adapter.site?.fetch(
      send({ events: [text("x")] }),
      () => Promise.reject(new Error("the store is down")),
      made.context,
    );
    await expect(failing).rejects.toThrow("the store is down");
  });

  it("accepts an invitation by policy", async () => {
    await using made = await bench(undefined, { hsToken: "hs-new" });
    const invited = event("m.room.member", { membership: "invite", is_direct: true }, { state_key: account });
    await made.adapter.site?.fetch(send({ events: [invited] }), made.sink, made.context);
    await soon(() => made.calls("/join/").length).toBe(1);
    expect(made.calls("/join/")[0]?.url).toContain(`user_id=${encodeURIComponent(account)}`);
  });
});
