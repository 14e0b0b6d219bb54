import { scriptedServer, type HttpCall, type ScriptedServer } from "@devflow/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { slack } from "../src/index.ts";
import { world } from "./support/index.ts";

let server: ScriptedServer;
let answers: Record<string, (args: Record<string, string>) => object> = {};
beforeEach(async () => {
  answers = { "auth.test": () => ({ user_id: "UBOT", team_id: "T0001" }) };
  server = await scriptedServer((call) => {
    const answer = answers[call.url.slice(1)];
    return { body: answer === undefined ? { ok: false, error: "channel_not_found" } : { ok: true, ...answer(args(call)) } };
  });
});
afterEach(async () => await server.close());

const args = (call: HttpCall): Record<string, string> => Object.fromEntries(new URLSearchParams(call.body));
const methods = (): string[] => server.calls.map((call) => call.url.slice(1));
const adapter = () => slack({ apiUrl: server.url });
const room = { platform: "slack", account: "T0001", room: "C0001" };
const said = (n: number, more: object = {}) => ({ type: "message", user: "U0001", text: `m${n}`, ts: `${n}.000100`, ...more });

describe("archive", () => {
  it("gives the newest last, and knows its own", async () => {
    answers["conversations.history"] = () => ({ messages: [said(3, { user: "UBOT" }), said(2), said(1), { type: "message" }] });
    const found = await adapter().archive?.history(room, { limit: 2 }, world());
    expect(found?.map(({ id, text, author }) => [id, text, author.self])).toEqual([
      ["2.000100", "m2", false],
      ["3.000100", "m3", true],
    ]);
    expect(args(server.calls[0] as HttpCall)).toMatchObject({ channel: "C0001", limit: "2" });
  });

  it("goes back from a message", async () => {
    answers["conversations.history"] = () => ({ messages: [said(3), said(2)] });
    const found = await adapter().archive?.history(room, { limit: 5, before: "3.000100" }, world());
    expect(found?.map(({ id }) => id)).toEqual(["2.000100"]);
    expect(args(server.calls[0] as HttpCall)).toMatchObject({ latest: "3.000100", inclusive: "false" });
  });

  it("reads a thread to its end", async () => {
    answers["conversations.replies"] = ({ cursor }) =>
      cursor === "c2"
        ? { messages: [said(3)] }
        : { messages: [said(1), said(2)], has_more: true, response_metadata: { next_cursor: "c2" } };
    const found = await adapter().archive?.history({ ...room, thread: "1.000100" }, { limit: 2 }, world());
    expect(found?.map(({ id }) => id)).toEqual(["2.000100", "3.000100"]);
    expect(methods()).toEqual(["conversations.replies", "conversations.replies", "auth.test"]);
  });

  it("comes to an end, even where Slack does not", async () => {
    let page = 0;
    answers["conversations.replies"] = () => ({
      messages: [said(++page)],
      has_more: true,
      response_metadata: { next_cursor: `c${page}` },
    });
    await adapter().archive?.history({ ...room, thread: "1.000100" }, { limit: 2 }, world());
    expect(page).toBe(20);
    answers["conversations.replies"] = () => ({
      messages: [said(++page)],
      has_more: true,
      response_metadata: { next_cursor: "same" },
    });
    await adapter().archive?.history({ ...room, thread: "1.000100" }, { limit: 2 }, world());
    expect(page).toBe(22);
  });

  it("says when the place is gone", async () => {
    await expect(adapter().archive?.history(room, { limit: 1 }, world())).rejects.toMatchObject({ code: "target.gone" });
  });
});

describe("directory", () => {
  it("finds people, and asks once", async () => {
    answers["users.info"] = () => ({ user: { id: "U0001", name: "ada", profile: { display_name: "", real_name: "Ada L." } } });
    const context = world();
    for (let time = 0; time < 2; time++) {
      expect(await adapter().directory?.user("U0001", "T0001", context)).toEqual({
        id: "U0001",
        kind: "person",
        self: false,
        name: "Ada L.",
        handle: "ada",
      });
    }
    expect(methods()).toEqual(["users.info", "auth.test"]);
    await context.clock.advance(3_700_000);
    await adapter().directory?.user("U0001", "T0001", context);
    expect(methods()).toEqual(["users.info", "auth.test", "users.info"]);
  });

  it("lesson 27: does not mix what two workspaces call the same id", async () => {
    let name = "one";
    answers["users.info"] = () => ({ user: { name } });
    answers["auth.test"] = () => ({ user_id: "UBOT" });
    const context = world();
    await adapter().directory?.user("U0001", "T0001", context);
    name = "two";
    expect(await adapter().directory?.user("U0001", "T0002", context)).toMatchObject({ handle: "two" });
  });

  it("knows bots, itself, and who is not there", async () => {
    answers["users.info"] = ({ user }) => ({ user: { name: user, is_bot: true } });
    expect(await adapter().directory?.user("UBOT", "T0001", world())).toMatchObject({ kind: "bot", self: true });
    delete answers["users.info"];
    expect(await adapter().directory?.user("U0009", "T0001", world())).toBeUndefined();
  });

  it("finds rooms", async () => {
    answers["conversations.info"] = () => ({ channel: { name: "ops", is_private: true } });
    expect(await adapter().directory?.conversation(room, world())).toEqual({ address: room, kind: "group", title: "ops" });
    answers["conversations.info"] = () => ({ channel: { is_im: true } });
    expect(await adapter().directory?.conversation(room, world())).toEqual({ address: room, kind: "direct" });
    delete answers["conversations.info"];
    expect(await adapter().directory?.conversation(room, world())).toBeUndefined();
  });
});
