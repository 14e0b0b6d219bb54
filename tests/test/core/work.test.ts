import { fakePlatform, manualClock } from "@devflow/conformance";
import {
  createGateway,
  type AdapterContext,
  type Address,
  type Event,
  type Issue,
  type Normalizer,
  type Work,
} from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it } from "vitest";

const project: Address = { platform: "tracker", account: "octo", room: "app" };
const issue: Issue = {
  kind: "issue",
  key: "octo/app#12",
  id: "12",
  title: "It breaks",
  body: "",
  state: "open",
  labels: ["bug", "ui"],
  assignees: [],
};

/** What the fake tracker tells: the event as its text says, by us when its user is the bot. */
const normalizer: Normalizer = {
  needsIdentity: false,
  normalize: ([delivery]) => {
    if (!delivery) return [];
    const { text, user } = delivery.payload as { readonly text: string; readonly user: { readonly id: string } };
    const self = user.id === "bot";
    const event = {
      id: `tracker:${delivery.id}`,
      platform: "tracker",
      account: "octo",
      at: delivery.receivedAt,
      conversation: { address: project, kind: "issue", issue },
      actor: { id: user.id, kind: self ? "bot" : "person", self },
      raw: {},
      ...(JSON.parse(text) as object),
    };
    return [event as unknown as Event];
  },
};

function tracker(work?: Work) {
  return Object.assign(fakePlatform({ platform: "tracker" }), { normalizer }, work && { work });
}

async function listen() {
  const clock = manualClock();
  const adapter = tracker();
  const gateway = createGateway({ adapters: [adapter], store: memoryStore({ clock }), clock });
  await gateway.start();
  return {
    gateway,
    async tell(by: "ada" | "bot", event: object): Promise<void> {
      await gateway.fetch(adapter.request({ text: JSON.stringify(event), user: { id: by } }, { timestamp: clock.now() }));
      await gateway.drain();
    },
  };
}

const updated = { kind: "issue.updated", issue, changes: { status: { from: "new", to: "open" }, labels: {} } };
const finished = { kind: "pipeline.finished", pipeline: { id: "7", name: "ci", status: "finished", passed: false } };

describe("events of work platforms", () => {
  it("what we wrote ourselves reaches the routes that ask for it, and no others", async () => {
    const { gateway, tell } = await listen();
    const got: string[] = [];
    gateway.on("*", () => got.push("all"));
    gateway.on("issue.*", () => got.push("issue"));
    gateway.on("issue.*", { label: "bug", changed: "status" }, () => got.push("narrow"));
    gateway.on("tracker:issue.updated", { self: false }, () => got.push("others"));
    gateway.on("issue.updated", { self: true }, () => got.push("echo"));
    await tell("bot", updated);
    expect(got).toEqual(["echo"]);
    await tell("ada", updated);
    expect(got.slice(1)).toEqual(["all", "issue", "narrow", "others"]);
  });

  it("a run that we started is news like any other", async () => {
    const { gateway, tell } = await listen();
    const got: string[] = [];
    gateway.on("pipeline.finished", { passed: false }, (c) => got.push(`failed by ${c.actor.id}`));
    gateway.on("pipeline.finished", { passed: true }, () => got.push("no"));
    gateway.on("pipeline.finished", { self: true }, () => got.push("ours"));
    gateway.on("pipeline.finished", { self: false }, () => got.push("theirs"));
    await tell("bot", finished);
    await tell("ada", finished);
    expect(got).toEqual(["failed by bot", "ours", "failed by ada", "theirs"]);
  });

  it("label and changed hold when any of theirs does", async () => {
    const { gateway, tell } = await listen();
    const got: string[] = [];
    gateway.on("issue.updated", { label: ["docs", "ui"] }, () => got.push("label"));
    gateway.on("issue.updated", { label: "docs" }, () => got.push("no"));
    gateway.on("issue.updated", { changed: ["title", "labels"] }, () => got.push("changed"));
    gateway.on("issue.updated", { changed: "title" }, () => got.push("no"));
    gateway.on("issue.updated", { label: "bug", changed: "labels" }, () => got.push("both"));
    await tell("ada", updated);
    expect(got).toEqual(["label", "changed", "both"]);
  });
});

describe("reading issues, changes and runs", () => {
  it("is the adapter's work role, with the gateway's world in its hands", async () => {
    const asked: unknown[] = [];
    const note = (context: AdapterContext, ...args: readonly unknown[]): void => {
      expect(context.fetch).toBeTypeOf("function");
      expect(context.signal.aborted).toBe(false);
      asked.push(args);
    };
    const work: Work = {
      async get(address, context) {
        note(context, "get", address);
        return issue;
      },
      async *list(at, query, context) {
        note(context, "list", at, query);
        yield issue;
        yield { ...issue, id: "13" };
      },
      async *search(query, account, context) {
        note(context, "search", query, account);
        yield issue;
      },
      async users(query, at, context) {
        note(context, "users", query, at);
        return [{ id: "ada", kind: "person", self: false }];
      },
    };
    const adapter = tracker(work);
    const gateway = createGateway({ adapters: [adapter, fakePlatform()] });
    const reader = gateway.adapter("tracker").work;
    expect(await reader.get(project)).toEqual(issue);
    const ids: string[] = [];
    for await (const one of reader.list(project, { state: "open" })) ids.push(one.id);
    for await (const one of reader.search("is:open", "octo")) ids.push(one.id);
    expect(ids).toEqual(["12", "13", "12"]);
    expect(await reader.users("ad", project)).toHaveLength(1);
    expect(asked).toEqual([
      ["get", project],
      ["list", project, { state: "open" }],
      ["search", "is:open", "octo"],
      ["users", "ad", project],
    ]);
    // A platform without runs has none to tell of, and one without issues has no such role.
    expect(await reader.pipeline?.("7", project)).toBeUndefined();
    expect(gateway.adapter("fake").work).toBeUndefined();
    await gateway.stop();
  });
});
