import { expect, it } from "vitest";
import { normalizer } from "../src/normalize.ts";
import { identity, said } from "./payload.ts";

const read = (changes: object) =>
  normalizer.normalize(
    [{ id: "e1", account: "T1", lane: "toy/T1/R1", via: "event", body: "", payload: { ...said, ...changes }, receivedAt: 5 }],
    identity,
  )[0];

it("reads what was said", () => {
  expect(read({})).toMatchObject({
    id: "toy:e1",
    kind: "message.created",
    at: 1_767_225_600_000,
    conversation: { address: { platform: "toy", account: "T1", room: "R1" }, kind: "channel" },
    actor: { id: "U1", self: false },
    message: {
      text: "Hello @bot",
      content: [{ type: "paragraph", children: [{ value: "Hello " }, { type: "strong" }] }],
      attachments: [{ kind: "file", source: { type: "remote", handle: "F1" }, bytes: 4 }],
      addressed: true,
    },
  });
});

it("is not called by a name that only begins like its own", () => {
  expect(read({ note: { id: "N1", text: "@bot-dev ada@bot.example" } })).toMatchObject({ message: { addressed: false } });
});
