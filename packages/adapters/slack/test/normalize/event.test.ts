import { describe, expect, it } from "vitest";
import { botId, envelope, eventsOf, only } from "../support/index.ts";

const read = (event: object, changes: object = {}) => eventsOf(envelope(event, changes));
const react = {
  type: "reaction_added",
  user: "U0001",
  reaction: "thumbsup",
  item_user: "U0002",
  item: { type: "message", channel: "C0001", ts: "1.000200" },
  event_ts: "3.000100",
};

describe("reactions", () => {
  it("speaks Unicode where there is a word for it", async () => {
    expect(only(await read(react), "reaction.added")).toMatchObject({
      messageId: "1.000200",
      emoji: "👍",
      actor: { id: "U0001" },
      at: 3000,
    });
    expect(only(await read({ ...react, reaction: "+1::skin-tone-4" }), "reaction.added").emoji).toBe("👍🏽");
    expect(only(await read({ ...react, reaction: "flag-pt" }), "reaction.added").emoji).toBe("🇵🇹");
    expect(only(await read({ ...react, reaction: "party_parrot" }), "reaction.added").emoji).toBe("party_parrot");
    expect(only(await read({ ...react, reaction: "__proto__" }), "reaction.added").emoji).toBe("__proto__");
    expect(only(await read({ ...react, type: "reaction_removed" }), "reaction.removed").emoji).toBe("👍");
  });

  it("lesson 25: does not guess the thread of a message it has not seen", async () => {
    expect(only(await read(react), "reaction.added").conversation.address).toEqual({
      platform: "slack",
      account: "T0001",
      room: "C0001",
    });
  });

  it("knows its own", async () => {
    expect(only(await read({ ...react, user: botId }), "reaction.added").actor.self).toBe(true);
  });

  it("leaves reactions on files to those who know them", async () => {
    expect(only(await read({ ...react, item: { type: "file", file: "F1" } }), "platform.event").type).toBe("reaction_added");
  });
});

describe("members", () => {
  const join = { type: "member_joined_channel", user: "U0001", channel: "C0001", channel_type: "C", inviter: "U0002" };

  it("reads who came and who asked them to", async () => {
    expect(only(await read(join), "member.joined")).toMatchObject({
      member: { id: "U0001" },
      by: { id: "U0002" },
      actor: { id: "U0002" },
    });
    expect(only(await read({ ...join, type: "member_left_channel", inviter: undefined }), "member.left")).toMatchObject({
      member: { id: "U0001" },
      actor: { id: "U0001" },
    });
    expect(only(await read({ ...join, channel_type: "G" }), "member.joined").conversation.kind).toBe("group");
  });

  it("lets handlers know that the bot itself has come", async () => {
    const event = only(await read({ ...join, user: botId, inviter: undefined }), "member.joined");
    expect(event.member.self).toBe(true);
    expect(event.actor.self).toBe(false);
  });
});

describe("accounts", () => {
  it("tells when the credentials are gone, and not when a person's are", async () => {
    expect(only(await read({ type: "app_uninstalled" }), "account.revoked").reason).toBe("app_uninstalled");
    expect(only(await read({ type: "tokens_revoked", tokens: { bot: [botId] } }), "account.revoked").reason).toBe(
      "tokens_revoked",
    );
    expect(only(await read({ type: "tokens_revoked", tokens: { oauth: ["U0001"], bot: [] } }), "platform.event").type).toBe(
      "tokens_revoked",
    );
  });

  it("lesson 27: an organization's installation is the account of all its workspaces", async () => {
    const authorizations = [{ enterprise_id: "E0001", team_id: null, user_id: botId, is_bot: true, is_enterprise_install: true }];
    const [event] = await read(
      { type: "app_home_opened", user: "U0001", channel: "D0001", tab: "home" },
      { authorizations, enterprise_id: "E0001" },
    );
    expect(event?.account).toBe("E0001");
    expect(event?.conversation).toEqual({ kind: "direct", address: { platform: "slack", account: "E0001", room: "D0001" } });
  });

  it("takes the side of a shared channel on which it is installed", async () => {
    const [event] = await read({ type: "reaction_added" }, { team_id: "T9999", context_team_id: "T0001" });
    expect(event?.account).toBe("T0001");
    const [alone] = await read(
      { type: "reaction_added" },
      { authorizations: undefined, team_id: "T9999", context_team_id: "T0001" },
    );
    expect(alone?.account).toBe("T0001");
  });
});

describe("everything else", () => {
  it("is kept as it came", async () => {
    const pin = { type: "pin_added", user: "U0001", channel_id: "C0001", item: { type: "message" }, event_ts: "7.0" };
    const event = only(await read(pin), "platform.event");
    expect(event).toMatchObject({
      type: "pin_added",
      conversation: { address: { room: "C0001" } },
      actor: { id: "U0001" },
      raw: { event: pin },
    });
    expect(
      only(await read({ type: "file_shared", file_id: "F1", channel_id: "C0001" }), "platform.event").conversation.address.room,
    ).toBe("C0001");
    expect(only(await read({ type: "user_change", user: { id: "U0001" } }), "platform.event").actor.id).toBe("U0001");
    const assistant = {
      type: "assistant_thread_started",
      assistant_thread: { user_id: "U1", channel_id: "D0001", thread_ts: "1.2" },
    };
    expect(only(await read(assistant), "platform.event").conversation.address).toMatchObject({ room: "D0001", thread: "1.2" });
    for (const type of ["toString", "__proto__", "constructor"])
      expect(only(await read({ type }), "platform.event").type).toBe(type);
  });
});
