import type { Address, Operation, Outgoing, Receipt } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { bots } from "../src/client.ts";
import { formatter } from "../src/format/index.ts";
import { readOptions } from "../src/options.ts";
import { sender } from "../src/send.ts";
import { fakeApi, refusal, usual, type Answers } from "./support/api.ts";

const group: Address = { platform: "telegram", account: "123456", room: "-1001" };

function bench(answers?: Answers) {
  const api = fakeApi(answers);
  const context = api.context();
  // Two processes that share a store.
  const senders = [sender(bots(readOptions({}))), sender(bots(readOptions({})))];
  let sends = 0;
  const react = async (kind: "reaction.add" | "reaction.remove", emoji: string, messageId = "7"): Promise<Receipt> => {
    const operation: Operation = { kind, messageId, emoji };
    const body = JSON.parse(JSON.stringify(formatter.format(operation, group))) as Outgoing["body"];
    const { send } = senders[sends % 2] ?? sender(bots(readOptions({})));
    return send({ key: `k${sends++}`, kind, to: group, body, attempt: 1, messageId }, context);
  };
  const set = () => api.calls.map(({ params }) => (params.reaction as { emoji: string }[]).map(({ emoji }) => emoji));
  return { react, set };
}

describe("a bot has one reaction to a message, so", () => {
  it("one that another has replaced is gone already: to remove it leaves the other", async () => {
    const { react, set } = bench();
    await react("reaction.add", "👀");
    await react("reaction.add", "👍");
    expect(await react("reaction.remove", "👀")).toMatchObject({ messageId: "7" });
    expect(set()).toEqual([["👀"], ["👍"]]);
    await react("reaction.remove", "👍");
    expect(set().at(-1)).toEqual([]);
  });

  it("removing one spelled otherwise, on another message, or of which nothing is known removes what is there", async () => {
    const { react, set } = bench();
    await react("reaction.add", "❤");
    await react("reaction.remove", "❤\u{FE0F}");
    await react("reaction.add", "👍");
    await react("reaction.remove", "👀", "8");
    expect(set()).toEqual([["❤"], [], ["👍"], []]);
  });

  it("one that Telegram refused has replaced nothing", async () => {
    const { react, set } = bench((call) =>
      JSON.stringify(call.params).includes("🧷") ? refusal(400, "Bad Request: REACTION_INVALID") : usual(call),
    );
    await react("reaction.add", "👀");
    await expect(react("reaction.add", "🧷")).rejects.toMatchObject({ retryable: false });
    await react("reaction.remove", "👀");
    expect(set()).toEqual([["👀"], ["🧷"], []]);
  });
});
