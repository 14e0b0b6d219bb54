import { fakePlatform } from "@devflow/conformance";
import {
  createGateway,
  type Adapter,
  type AdapterHandle,
  type Address,
  type Agent,
  type Change,
  type Changes,
  type Context,
  type Event,
  type EventFrom,
  type Form,
  type Issue,
  type KindOf,
  type Message,
  type Pipeline,
  type Review,
  type Work,
} from "@devflow/gateway";
import { slack, type SlackEnvelope } from "@devflow/slack";
import { telegram, type TelegramUpdate } from "@devflow/telegram";
import type { WebClient } from "@slack/web-api";
import type { Api } from "node-telegram-bot-api";
import { describe, expect, expectTypeOf, it } from "vitest";

/** What somebody else's adapter adds to the model. An operation would be missed in every table of this repository. */
declare module "@devflow/gateway/contract" {
  interface EventMap {
    "parade.started": { readonly route: string };
  }
}

function make() {
  return createGateway({ adapters: [slack(), telegram()], session: { initial: () => ({ count: 0 }) } });
}

type Adapters = readonly [ReturnType<typeof slack>, ReturnType<typeof telegram>];
type Created = EventFrom<Adapters, "message.created">;
type Parades = Adapter<"parades", undefined, { readonly band: string }>;

// The compiler judges what follows; that it runs as well shows that the names are values where they are used as such.
describe("types of a gateway", () => {
  it("narrow `raw` by platform, and have no platform that was not handed in", () => {
    make().on("message.created", (c) => {
      expectTypeOf(c.event.platform).toEqualTypeOf<"slack" | "telegram">();
      if (c.event.platform === "slack") expectTypeOf(c.event.raw).toEqualTypeOf<SlackEnvelope>();
      else expectTypeOf(c.event.raw).toEqualTypeOf<TelegramUpdate>();
    });
    expectTypeOf<Extract<Created, { platform: "web" }>>().toEqualTypeOf<never>();
  });

  it("narrow the event and its message by kind", () => {
    const gateway = make();
    gateway.on("message.created", (c) => {
      expectTypeOf(c.event.kind).toEqualTypeOf<"message.created">();
      expectTypeOf(c.message).toEqualTypeOf<Message>();
    });
    gateway.on("reaction.added", (c) => {
      expectTypeOf(c.event.emoji).toEqualTypeOf<string>();
      expectTypeOf(c.message).toEqualTypeOf<Message | undefined>();
    });
    gateway.on(["message.created", "message.edited"], (c) => {
      expectTypeOf(c.event.kind).toEqualTypeOf<"message.created" | "message.edited">();
      expectTypeOf(c.message).toEqualTypeOf<Message>();
    });
    gateway.command("deploy", (c) => expectTypeOf(c.event.args).toEqualTypeOf<string>());
    gateway.action("retry", (c) => expectTypeOf(c.event.value).toEqualTypeOf<string | undefined>());
    gateway.form("bug", (c) => expectTypeOf(c.event.values).not.toBeAny());
    gateway.answer("options.requested", () => ({ options: [] }));
  });

  it("narrow by pattern: a noun, a platform, everything", () => {
    expectTypeOf<KindOf<"message.*">>().toEqualTypeOf<"message.created" | "message.edited" | "message.deleted">();
    expectTypeOf<KindOf<"slack:message.created">>().toEqualTypeOf<"message.created">();
    expectTypeOf<KindOf<"slack:reaction.*">>().toEqualTypeOf<"reaction.added" | "reaction.removed">();
    expectTypeOf<KindOf<"*">>().toEqualTypeOf<Event["kind"]>();
    const gateway = make();
    gateway.on("message.*", (c) =>
      expectTypeOf(c.event.kind).toEqualTypeOf<"message.created" | "message.edited" | "message.deleted">(),
    );
    gateway.on("slack:message.created", (c) => {
      expectTypeOf(c.message).toEqualTypeOf<Message>();
      expectTypeOf(c.event.platform).toEqualTypeOf<"slack">();
      expectTypeOf(c.event.raw).toEqualTypeOf<SlackEnvelope>();
    });
    gateway.on(["slack:message.created", "telegram:message.edited"], (c) => {
      if (c.event.platform === "telegram") expectTypeOf(c.event.kind).toEqualTypeOf<"message.edited">();
    });
    gateway.on("fax:message.created", (c) => expectTypeOf(c.event).toEqualTypeOf<never>());
    expectTypeOf<EventFrom<readonly Adapter[], "message.created", "slack">["platform"]>().toEqualTypeOf<"slack">();
    gateway.on("*", (c) => expectTypeOf(c.event.kind).toEqualTypeOf<Event["kind"]>());
    expectTypeOf(gateway.on).parameter(0).extract<"message.create">().toEqualTypeOf<never>();
  });

  it("know each platform's own SDK, and what it cannot do", () => {
    const gateway = make();
    expectTypeOf(gateway.adapter("slack").client).returns.resolves.toEqualTypeOf<WebClient>();
    expectTypeOf(gateway.adapter("telegram").client).returns.resolves.toEqualTypeOf<Api>();
    expectTypeOf(gateway.adapter).parameter(0).toEqualTypeOf<"slack" | "telegram">();

    type OpensForm = { readonly kind: "form.open"; readonly trigger: string; readonly form: Form };
    const [onSlack, onTelegram] = [gateway.adapter("slack"), gateway.adapter("telegram")];
    expectTypeOf<OpensForm>().toExtend<Parameters<typeof onSlack.do>[0]>();
    expectTypeOf<OpensForm>().not.toExtend<Parameters<typeof onTelegram.do>[0]>();
    expectTypeOf<{ readonly kind: "typing.start" }>().not.toExtend<Parameters<typeof onSlack.do>[0]>();
    expectTypeOf<{ readonly kind: "typing.start" }>().toExtend<Parameters<typeof onTelegram.do>[0]>();
  });

  it("carry the session into handlers, routes and middleware", () => {
    const gateway = make();
    gateway.on("message.created", (c) => expectTypeOf(c.session).toEqualTypeOf<{ count: number }>());
    gateway.route().to((turn) => void expectTypeOf(turn.session).toEqualTypeOf<{ count: number }>());
    gateway.use((c, next) => (expectTypeOf(c.session).toEqualTypeOf<{ count: number }>(), next()));
    createGateway({ adapters: [fakePlatform()] }).on("*", (c) => expectTypeOf(c.session).toEqualTypeOf<undefined>());
  });

  it("take a model's stream as an answer, as AI SDKs type it", () => {
    interface Answer {
      readonly textStream: AsyncIterable<string> & ReadableStream<string>;
    }
    expectTypeOf<() => Answer["textStream"]>().toExtend<Agent>();
    expectTypeOf<() => Promise<Answer["textStream"]>>().toExtend<Agent>();
    expectTypeOf<() => AsyncGenerator<string>>().toExtend<Agent>();
    expectTypeOf<() => Answer>().not.toExtend<Agent>();
    expectTypeOf<() => Promise<number>>().not.toExtend<Agent>();
    expectTypeOf<Answer["textStream"]>().toExtend<Parameters<Context["reply"]>[0]>();
  });

  it("grow with what others merge into them", () => {
    make().on("parade.started", (c) => expectTypeOf(c.event.route).toEqualTypeOf<string>());
    expectTypeOf<KindOf<"parade.*">>().toEqualTypeOf<"parade.started">();
    type Parade = EventFrom<readonly [Parades], "parade.started">;
    expectTypeOf<Extract<Parade, { platform: "parades" }>["raw"]>().toEqualTypeOf<{ readonly band: string }>();
    expect(Object.keys(make())).toContain("on");
  });

  it("let a program emit its own kinds, and no others", () => {
    const gateway = make();
    gateway.on("parade.started", (c) => {
      expectTypeOf(c.event.platform).toEqualTypeOf<"slack" | "telegram" | "app">();
      if (c.event.platform === "app") expectTypeOf(c.event.raw).toEqualTypeOf<{ readonly route: string }>();
      void c.emit({ kind: "parade.started", route: "home", conversation: c.conversation });
    });
    gateway.on("app:*", (c) => expectTypeOf(c.event.platform).toEqualTypeOf<"app">());
    gateway.on("slack:parade.*", (c) => expectTypeOf(c.event.platform).toEqualTypeOf<"slack">());
    gateway.on("message.*", (c) => expectTypeOf(c.event.platform).toEqualTypeOf<"slack" | "telegram">());
    type Emitted = Parameters<typeof gateway.emit>[0];
    expectTypeOf<{ kind: "parade.started"; route: string; at: number }>().toExtend<Emitted>();
    expectTypeOf<{ kind: "parade.started" }>().not.toExtend<Emitted>();
    expectTypeOf<{ kind: "account.revoked"; reason: string }>().not.toExtend<Emitted>();
  });

  it("follow patterns over what work platforms tell", () => {
    expectTypeOf<KindOf<"issue.*">>().toEqualTypeOf<`issue.${"opened" | "updated" | "closed" | "reopened" | "deleted"}`>();
    expectTypeOf<KindOf<"github:pipeline.*">>().toEqualTypeOf<"pipeline.started" | "pipeline.finished">();
    expectTypeOf<KindOf<"github:*">>().toEqualTypeOf<Event["kind"]>();
    expectTypeOf<KindOf<"issue.*" | "push.received">>().toEqualTypeOf<KindOf<"issue.*"> | "push.received">();
    const gateway = make();
    gateway.on("issue.*", (c) => expectTypeOf(c.event.issue).toEqualTypeOf<Issue>());
    gateway.on(["change.merged", "change.closed"], (c) => expectTypeOf(c.event.changes).toEqualTypeOf<Changes>());
    gateway.on(["slack:issue.opened", "review.*"], (c) => {
      if (c.event.kind === "issue.opened") expectTypeOf(c.event.platform).toEqualTypeOf<"slack">();
      else expectTypeOf(c.event.review).toEqualTypeOf<Review>();
    });
    gateway.on("pipeline.finished", { passed: false, label: ["bug"], changed: "status", self: true }, (c) => {
      expectTypeOf(c.event.pipeline).toEqualTypeOf<Pipeline>();
    });
    type WithWork = Adapter<"github"> & { readonly work: Work };
    type Reader = AdapterHandle<WithWork>["work"];
    expectTypeOf(gateway.adapter("slack").work).toEqualTypeOf<Reader | undefined>();
    expectTypeOf<AdapterHandle<Adapter>["work"]>().toEqualTypeOf<Reader | undefined>();
    expectTypeOf<AdapterHandle<Adapter<"github"> & { readonly work: Required<Work> }>["work"]["pipeline"]>().toBeFunction();
    expectTypeOf<Parameters<Reader["get"]>>().toEqualTypeOf<[address: Address]>();
    expectTypeOf<ReturnType<Reader["list"]>>().toEqualTypeOf<AsyncIterable<Issue | Change>>();
  });
});
