import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Delivery, Event } from "@devflow/gateway/contract";
import { isObject } from "@devflow/gateway/kit";
import { slack } from "../../src/index.ts";
import { botId, envelope, identity, message } from "../support/index.ts";

const corpora = process.env["DEVFLOW_CORPORA"];
const folder = join(corpora ?? "", "payloads/slack");
const { normalizer } = slack();

/** What the payloads of the corpus are; those that are not listed are news of the workspace: `platform.event`. */
const kinds: Readonly<Record<string, string>> = {
  AppMentionPayload: "message.created",
  MessageBotPayload: "message.created",
  MessageFileSharePayload: "message.created",
  MessageThreadBroadcastPayload: "message.created",
  ReactionAddedPayload: "reaction.added",
  MemberLeftChannelPayload: "member.left",
  AppUninstalledPayload: "account.revoked",
  TokensRevokedPayload: "account.revoked",
  BlockActionPayload: "action.invoked",
  AttachmentActionPayload: "action.invoked",
  DialogSubmissionPayload: "form.submitted",
};
const interactions = /^(?:AttachmentAction|BlockAction|DialogCancellation|DialogSubmission)/;
function normalize(via: string, payload: unknown): readonly Event[] {
  const delivery: Delivery = {
    id: "d",
    account: "T0001",
    lane: "slack/T0001/C0001",
    via,
    body: JSON.stringify(payload),
    payload,
    receivedAt: 1,
  };
  return normalizer.normalize([delivery], identity);
}

/** A value for each blank, so that a sample says what it is meant to say. */
function filled(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => filled(item, key));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner, name)]));
  if (value !== "" || key === "subtype" || key === "type") return value;
  return /(?:^|_)ts$/.test(key) ? "1767225600.000100" : `x${key}`;
}

describe.skipIf(corpora === undefined)("corpus of payloads (skipped without DEVFLOW_CORPORA)", () => {
  const names = corpora === undefined ? [] : readdirSync(folder).map((name) => name.replace(".json", ""));

  it("has payloads", () => {
    expect(names.length).toBeGreaterThan(50);
  });

  it.each(names)("%s", (name) => {
    const payload: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
    const via = interactions.test(name) ? "interaction" : "event";
    const whole = normalize(via, filled(payload));
    expect(whole[0]?.kind).toBe(kinds[name] ?? "platform.event");
    expect(JSON.parse(JSON.stringify(whole))).toHaveLength(whole.length);
    const bare = normalize(via, payload)[0]?.kind;
    expect([whole[0]?.kind, "platform.event"]).toContain(bare);
  });
});

describe("hostile payloads", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      fc.constantFrom(null, "", 0, true, "C0001", botId, "1.000100", "message", "rich_text"),
      fc.string(),
      fc.double(),
      tie("list"),
      tie("object"),
    ),
    list: fc.array(tie("any"), { maxLength: 3 }),
    object: fc.dictionary(
      fc.constantFrom(
        "type",
        "subtype",
        "event",
        "message",
        "previous_message",
        "user",
        "channel",
        "ts",
        "blocks",
        "elements",
        "text",
        "files",
        "actions",
        "view",
        "state",
        "values",
        "item",
        "edited",
        "__proto__",
        "constructor",
        "attachments",
        "authorizations",
        "style",
        "indent",
      ),
      tie("any"),
      { maxKeys: 6 },
    ),
  })).any;

  it("become events, whatever they hold", () => {
    const types = [
      "message",
      "app_mention",
      "reaction_added",
      "member_joined_channel",
      "tokens_revoked",
      "block_actions",
      "view_submission",
      "block_suggestion",
      "app_home_opened",
    ];
    fc.assert(
      fc.property(fc.constantFrom("event", "command", "interaction"), fc.constantFrom(...types), value, (via, type, random) => {
        const inner = isObject(random) ? { ...random, type } : random;
        for (const payload of [
          random,
          inner,
          envelope(isObject(inner) ? inner : { type }),
          envelope(message(isObject(random) ? random : {})),
        ]) {
          const events = normalize(via, payload);
          expect(events.length).toBeGreaterThan(0);
          JSON.stringify(events);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
