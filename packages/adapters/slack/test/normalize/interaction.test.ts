import { describe, expect, it } from "vitest";
import { only, read, receive, world } from "../support/index.ts";

const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();

async function interact(changes: object, options = {}) {
  const payload = {
    type: "block_actions",
    team: { id: "T0001" },
    user: { id: "U0001", username: "ada", team_id: "T0001" },
    trigger_id: "1.2.3",
    ...changes,
  };
  return read((await receive(form({ payload: JSON.stringify(payload) }), { form: true, ...options })).deliveries);
}

const inChannel = {
  container: { type: "message", message_ts: "1.000100", channel_id: "C0001", is_ephemeral: false },
  channel: { id: "C0001", name: "ops" },
  message: { ts: "1.000100", user: "UBOT00001" },
  response_url: "https://hooks.slack.com/actions/T0001/1/2",
};
const act = (action: object) => ({
  ...inChannel,
  actions: [{ action_id: "pick", block_id: "b", action_ts: "2.000100", ...action }],
});

describe("actions", () => {
  it("reads a button", async () => {
    expect(only(await interact(act({ type: "button", value: "42" })), "action.invoked")).toMatchObject({
      id: "slack:interaction:1.2.3",
      action: "pick",
      value: "42",
      messageId: "1.000100",
      trigger: "1.2.3",
      at: 2000,
      actor: { id: "U0001", handle: "ada", kind: "person" },
      conversation: { address: { room: "C0001", thread: "1.000100", route: "U0001 https://hooks.slack.com/actions/T0001/1/2" } },
    });
  });

  it("reads every kind of choice", async () => {
    const cases: readonly [object, { value?: string; values?: readonly string[] }][] = [
      [{ type: "static_select", selected_option: { value: "a" } }, { value: "a" }],
      [{ type: "overflow", selected_option: { value: "b" } }, { value: "b" }],
      [{ type: "radio_buttons", selected_option: { value: "c" } }, { value: "c" }],
      [
        { type: "multi_static_select", selected_options: [{ value: "a" }, { value: "b" }] },
        { value: "a", values: ["a", "b"] },
      ],
      [{ type: "checkboxes", selected_options: [] }, { values: [] }],
      [{ type: "users_select", selected_user: "U2" }, { value: "U2" }],
      [
        { type: "multi_users_select", selected_users: ["U2", "U3"] },
        { value: "U2", values: ["U2", "U3"] },
      ],
      [{ type: "channels_select", selected_channel: "C2" }, { value: "C2" }],
      [{ type: "conversations_select", selected_conversation: "D2" }, { value: "D2" }],
      [{ type: "datepicker", selected_date: "2026-01-01" }, { value: "2026-01-01" }],
      [{ type: "timepicker", selected_time: "10:30" }, { value: "10:30" }],
      [{ type: "datetimepicker", selected_date_time: 1767225600 }, { value: "1767225600" }],
      [{ type: "plain_text_input", value: "typed" }, { value: "typed" }],
      [{ type: "button" }, {}],
    ];
    for (const [action, expected] of cases) {
      const { value, values } = only(await interact(act(action)), "action.invoked");
      expect({ ...(value !== undefined && { value }), ...(values && { values }) }).toEqual(expected);
    }
  });

  it("gives an id that neighbours share back to each of them", async () => {
    expect(only(await interact(act({ action_id: "approve::1" })), "action.invoked").action).toBe("approve");
    expect(only(await interact(act({ action_id: "item::7::0" })), "action.invoked").action).toBe("item::7");
  });

  it("makes an event of each action", async () => {
    const actions = [
      { action_id: "a", value: "1" },
      { action_id: "b", value: "2" },
    ];
    expect((await interact({ ...inChannel, actions })).map((event) => event.id)).toEqual([
      "slack:interaction:1.2.3",
      "slack:interaction:1.2.3#1",
    ]);
  });

  it("finds the thread that an answer belongs to", async () => {
    const threadOf = async (changes: object, options = {}) =>
      only(await interact({ ...act({}), ...changes }, options), "action.invoked").conversation.address.thread;
    expect(await threadOf({})).toBe("1.000100");
    expect(await threadOf({}, { replyInThread: true })).toBe("1.000100");
    expect(await threadOf({ message: { ts: "1.000100", thread_ts: "0.500000" } })).toBe("0.500000");
    expect(await threadOf({ container: { ...inChannel.container, is_ephemeral: true }, message: undefined })).toBeUndefined();
    expect(
      await threadOf({
        container: { ...inChannel.container, channel_id: "D0001" },
        channel: { id: "D0001", name: "directmessage" },
      }),
    ).toBeUndefined();
  });

  it("lesson 28: finds the account wherever the payload keeps it", async () => {
    const accountOf = async (changes: object) => (await interact({ ...act({}), ...changes }))[0]?.account;
    expect(await accountOf({})).toBe("T0001");
    expect(await accountOf({ team: null, enterprise: { id: "E0001" }, is_enterprise_install: true })).toBe("E0001");
    expect(await accountOf({ team: { id: "T0001" }, enterprise: { id: "E0001" }, is_enterprise_install: false })).toBe("T0001");
    expect(await accountOf({ team: null, enterprise: null, view: { app_installed_team_id: "T0003" } })).toBe("T0003");
    expect(await accountOf({ team: null, enterprise: null })).toBe("T0001");
    expect(await accountOf({ team: null, enterprise: { id: "E0001" } })).toBe("E0001");
  });

  it("reads the actions of older attachments", async () => {
    const legacy = {
      type: "interactive_message",
      channel: { id: "C0001", name: "ops" },
      callback_id: "c",
      message_ts: "1.2",
      action_ts: "3.0",
      actions: [{ name: "game", type: "button", value: "chess" }],
    };
    expect(only(await interact(legacy), "action.invoked")).toMatchObject({ action: "game", value: "chess", messageId: "1.2" });
  });
});

describe("forms", () => {
  const view = {
    callback_id: "feedback",
    private_metadata: JSON.stringify({ devflow: { room: "C0001", thread: "1.000100", state: "order 7" } }),
    state: {
      values: {
        mood: { mood: { type: "static_select", selected_option: { value: "good" } } },
        tags: { tags: { type: "multi_static_select", selected_options: [{ value: "x" }, { value: "y" }] } },
        note: { note: { type: "plain_text_input", value: null } },
        __proto__: { a: { type: "plain_text_input", value: "harmless" } },
        rich: {
          r: {
            type: "rich_text_input",
            rich_text_value: {
              type: "rich_text",
              elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "hi" }] }],
            },
          },
        },
      },
    },
  };

  it("reads what was entered, where it was asked, and the state that went along", async () => {
    const event = only(await interact({ type: "view_submission", view }), "form.submitted");
    expect(event).toMatchObject({
      form: "feedback",
      state: "order 7",
      values: { mood: "good", tags: ["x", "y"], note: null, rich: "hi" },
    });
    expect(event.conversation).toMatchObject({ kind: "channel", address: { room: "C0001", thread: "1.000100" } });
  });

  it("gives long values of those options back whole, each of them", async () => {
    const context = world();
    const asked = { type: "block_suggestion", team: { id: "T0001" }, user: { id: "U0001" }, action_id: "city", value: "B" };
    const ask = form({ payload: JSON.stringify(asked) });
    const { question } = await receive(ask, { form: true }, context);
    const values = ["east", "west"].map((end) => "x".repeat(160) + end);
    const said = question?.respond({ options: values.map((value) => ({ label: "Berlin", value })) }).response.body;
    const { options } = JSON.parse(said ?? "") as { options: { value: string }[] };
    for (const [index, option] of options.entries()) {
      expect(option.value.length).toBeLessThanOrEqual(150);
      const press = {
        ...asked,
        type: "block_actions",
        trigger_id: "t",
        actions: [{ type: "external_select", action_id: "city", selected_option: option }],
      };
      const { deliveries } = await receive(form({ payload: JSON.stringify(press) }), { form: true }, context);
      expect(read(deliveries)[0]).toMatchObject({ kind: "action.invoked", value: values[index] });
    }
  });

  it("takes the state of a view that others made as it is", async () => {
    const foreign = { ...view, private_metadata: "order 8" };
    const event = only(await interact({ type: "view_submission", view: foreign }), "form.submitted");
    expect(event.state).toBe("order 8");
    expect(event.conversation).toEqual({ kind: "direct", address: { platform: "slack", account: "T0001", room: "U0001" } });
  });

  it("keeps hostile field names as data", async () => {
    const hostile = JSON.parse('{"callback_id":"f","state":{"values":{"__proto__":{"a":{"value":"x"}}}}}');
    const event = only(await interact({ type: "view_submission", view: hostile }), "form.submitted");
    expect(Object.keys(event.values)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
  });

  it("reads dialogs", async () => {
    const dialog = {
      type: "dialog_submission",
      callback_id: "old",
      submission: { name: "Ada", age: null },
      state: "s",
      channel: { id: "C0001" },
    };
    expect(only(await interact(dialog), "form.submitted")).toMatchObject({
      form: "old",
      values: { name: "Ada", age: null },
      state: "s",
    });
  });
});

describe("the rest", () => {
  it("is kept as it came", async () => {
    for (const type of [
      "shortcut",
      "message_action",
      "view_closed",
      "dialog_cancellation",
      "workflow_step_edit",
      "constructor",
    ]) {
      expect(only(await interact({ type }), "platform.event").type).toBe(type);
    }
  });

  it("reads commands", async () => {
    const body = form({
      command: "/deploy",
      text: "  prod now ",
      team_id: "T0001",
      channel_id: "D0001",
      channel_name: "directmessage",
      user_id: "U0001",
      user_name: "ada",
      trigger_id: "t",
      response_url: "https://hooks.slack.com/c",
    });
    const event = only(read((await receive(body, { form: true })).deliveries), "command.invoked");
    expect(event).toMatchObject({
      command: "deploy",
      args: "prod now",
      trigger: "t",
      actor: { id: "U0001", handle: "ada" },
      conversation: { kind: "direct", address: { room: "D0001", route: "U0001 https://hooks.slack.com/c" } },
    });
    const org = form({
      command: "/x",
      team_id: "T0001",
      enterprise_id: "E0001",
      is_enterprise_install: "true",
      channel_id: "C0001",
    });
    expect(only(read((await receive(org, { form: true })).deliveries), "command.invoked")).toMatchObject({
      account: "E0001",
      args: "",
    });
  });
});
