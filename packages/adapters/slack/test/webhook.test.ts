import { describe, expect, it } from "vitest";
import { parseAddressKey } from "@devflow/gateway/kit";
import { envelope, message, read, receive } from "./support/index.ts";

const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const command = {
  command: "/deploy",
  text: " prod now ",
  team_id: "T0001",
  channel_id: "C0001",
  channel_name: "ops",
  user_id: "U0001",
  user_name: "ada",
  trigger_id: "13345224609.738474920.8088930838d88f008e0",
  response_url: "https://hooks.slack.com/commands/1234/5678",
  api_app_id: "A0001",
  is_enterprise_install: "false",
};
const press = {
  type: "block_actions",
  team: { id: "T0001" },
  user: { id: "U0001", username: "ada", team_id: "T0001" },
  api_app_id: "A0001",
  trigger_id: "123.456.abc",
  response_url: "https://hooks.slack.com/actions/T0001/1/2",
  container: { type: "message", message_ts: "1767225600.000100", channel_id: "C0001", is_ephemeral: false },
  channel: { id: "C0001", name: "ops" },
  message: { ts: "1767225600.000100", user: "UBOT00001" },
  actions: [{ type: "button", action_id: "approve", block_id: "b", value: "42", action_ts: "1767225601.000200" }],
};

describe("webhook", () => {
  it("answers the handshake, once it is proven", async () => {
    const { deliveries, response } = await receive(JSON.stringify({ type: "url_verification", challenge: "abc" }));
    expect(deliveries).toEqual([]);
    expect(response).toMatchObject({
      status: 200,
      body: "abc",
      headers: { "content-type": expect.stringContaining("text/plain") },
    });
  });

  it("lesson 1: a mention and its message are one delivery, whichever comes first", async () => {
    const post = message({ text: "<@UBOT00001> hi", ts: "1767225600.000300" });
    const mention = { ...post, type: "app_mention", channel_type: undefined };
    const [one] = (await receive(JSON.stringify(envelope(post, { event_id: "Ev1" })))).deliveries;
    const [two] = (await receive(JSON.stringify(envelope(mention, { event_id: "Ev2" })))).deliveries;
    expect(one?.id).toBe("msg:T0001:C0001:1767225600.000300");
    expect([two?.id, two?.lane]).toEqual([one?.id, one?.lane]);
    for (const [event] of [read(one ? [one] : []), read(two ? [two] : [])])
      expect(event).toMatchObject({ kind: "message.created", message: { addressed: true } });
  });

  it("lesson 27: the same post in two channels or two workspaces is two deliveries, in lanes of their own", async () => {
    const other = { authorizations: [{ team_id: "T0002", user_id: "UBOT00001", is_bot: true }] };
    const bodies = [envelope(message()), envelope(message({ channel: "C0002" })), envelope(message(), other)];
    const found = await Promise.all(bodies.map(async (body) => (await receive(JSON.stringify(body))).deliveries[0]));
    expect(new Set(found.map((one) => one?.id)).size).toBe(3);
    expect(new Set(found.map((one) => one?.lane)).size).toBe(3);
  });

  it("names other events after Slack's event id, which redeliveries keep", async () => {
    const reaction = {
      type: "reaction_added",
      user: "U0001",
      reaction: "eyes",
      item: { type: "message", channel: "C0001", ts: "1.2" },
    };
    const { deliveries } = await receive(JSON.stringify(envelope(reaction, { event_id: "Ev77" })));
    expect(deliveries).toMatchObject([{ id: "Ev77", account: "T0001", via: "event" }]);
    expect(deliveries[0]?.interactive).toBeUndefined();
  });

  it("gives an event without an id the digest of its bytes", async () => {
    const body = JSON.stringify(envelope({ type: "team_rename" }, { event_id: undefined }));
    const [first, again] = [await receive(body), await receive(body)];
    expect(first.deliveries[0]?.id).toMatch(/^event:[0-9a-f]{64}$/);
    expect(again.deliveries[0]?.id).toBe(first.deliveries[0]?.id);
  });

  it("keeps the platform's bytes of an event", async () => {
    const body = `{ "z": 1, ${JSON.stringify(envelope(message())).slice(1)}`;
    expect((await receive(body)).deliveries[0]?.body).toBe(body);
  });

  it("drops changes of a message that change nothing to read", async () => {
    const shown = { ...message(), edited: { ts: "5.0", user: "U0001" } };
    const changed = {
      type: "message",
      subtype: "message_changed",
      channel: "C0001",
      ts: "2.0",
      message: shown,
      previous_message: shown,
    };
    expect((await receive(JSON.stringify(envelope(changed)))).deliveries).toEqual([]);
    const replied = { type: "message", subtype: "message_replied", channel: "C0001", message: message() };
    expect((await receive(JSON.stringify(envelope(replied)))).deliveries).toEqual([]);
  });

  it("tells that events were left out", async () => {
    const { deliveries } = await receive(
      JSON.stringify({ type: "app_rate_limited", team_id: "T0001", minute_rate_limited: 1767225600 }),
    );
    expect(deliveries).toMatchObject([{ id: "limited:T0001:1767225600", account: "T0001" }]);
    expect(read(deliveries)).toMatchObject([{ kind: "platform.event", type: "app_rate_limited" }]);
  });

  it("takes a slash command at once", async () => {
    const { deliveries, response } = await receive(form(command), { form: true });
    expect(response).toBeUndefined();
    expect(deliveries).toMatchObject([
      { id: `command:${command.trigger_id}`, account: "T0001", via: "command", interactive: true },
    ]);
    expect(JSON.parse(deliveries[0]?.body ?? "")).toEqual(command);
    expect(parseAddressKey(deliveries[0]?.lane ?? "")).toEqual({ platform: "slack", account: "T0001", room: "C0001" });
  });

  it("takes a button at once, named after its trigger", async () => {
    const { deliveries } = await receive(form({ payload: JSON.stringify(press) }), { form: true });
    expect(deliveries).toMatchObject([{ id: "interaction:123.456.abc", via: "interaction", interactive: true }]);
    const { trigger_id: _, ...without } = press;
    const again = await receive(form({ payload: JSON.stringify(without) }), { form: true });
    expect(again.deliveries[0]?.id).toBe("interaction:1767225601.000200");
  });

  it("gives a replayed press the name it had, so that it is pressed once", async () => {
    const body = form({ payload: JSON.stringify(press) });
    const [first, replay] = [await receive(body, { form: true }), await receive(body, { form: true })];
    expect(replay.deliveries[0]?.id).toBe(first.deliveries[0]?.id);
    const anonymous = { ...press, trigger_id: undefined, actions: [{ action_id: "approve" }] };
    const bare = form({ payload: JSON.stringify(anonymous) });
    const ids = [await receive(bare, { form: true }), await receive(bare, { form: true })].map((one) => one.deliveries[0]?.id);
    expect(ids[0]).toBe(ids[1]);
  });

  it("does not report the use of a link button", async () => {
    const link = { ...press, actions: [{ type: "button", action_id: "devflow:link:0", action_ts: "1.2" }] };
    expect((await receive(form({ payload: JSON.stringify(link) }), { form: true })).deliveries).toEqual([]);
  });

  it("asks about a form, and shows errors instead of taking it", async () => {
    const view = { callback_id: "feedback", state: { values: { mood: { mood: { type: "plain_text_input", value: "fine" } } } } };
    const submission = { type: "view_submission", team: { id: "T0001" }, user: { id: "U0001" }, trigger_id: "1.2.3", view };
    const { deliveries, question } = await receive(form({ payload: JSON.stringify(submission) }), { form: true });
    expect(deliveries).toHaveLength(1);
    expect(question?.event).toMatchObject({ kind: "form.submitted", form: "feedback", values: { mood: "fine" } });
    expect(question?.deadlineMs).toBeLessThan(3_000);
    expect(question?.respond(undefined)).toEqual({ response: { status: 200 }, accept: true });
    expect(question?.respond({ errors: {} })).toEqual({ response: { status: 200 }, accept: true });
    const refused = question?.respond({ errors: { mood: "Too short" } });
    expect(refused?.accept).toBe(false);
    expect(JSON.parse(refused?.response.body ?? "")).toEqual({ response_action: "errors", errors: { mood: "Too short" } });
  });

  it("asks for the options of a menu and stores nothing", async () => {
    const typing = {
      type: "block_suggestion",
      team: { id: "T0001" },
      user: { id: "U0001" },
      action_id: "city",
      value: "Ber",
      view: { callback_id: "trip" },
    };
    const { deliveries, question } = await receive(form({ payload: JSON.stringify(typing) }), { form: true });
    expect(deliveries).toEqual([]);
    expect(question?.event).toMatchObject({ kind: "options.requested", field: "city", query: "Ber", form: "trip" });
    const { response } = question?.respond({ options: [{ label: "Berlin", value: "b" }] }) ?? {};
    expect(JSON.parse(response?.body ?? "")).toEqual({ options: [{ text: { type: "plain_text", text: "Berlin" }, value: "b" }] });
    expect(JSON.parse(question?.respond(undefined).response.body ?? "")).toEqual({ options: [] });
  });

  it("calls what it cannot read malformed", async () => {
    for (const body of ["{", "[]", "null", ""]) await expect(receive(body)).rejects.toMatchObject({ code: "wire.malformed" });
    await expect(receive("payload=%7B", { form: true })).rejects.toMatchObject({ code: "wire.malformed" });
    await expect(receive("a=b", { form: true })).rejects.toMatchObject({ code: "wire.malformed" });
    expect((await receive("ssl_check=1&command=/x", { form: true })).deliveries).toEqual([]);
  });
});
