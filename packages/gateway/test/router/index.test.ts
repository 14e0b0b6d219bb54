import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event } from "../../src/contract/index.ts";
import { Router } from "../../src/router/index.ts";
import type { Match } from "../../src/router/match.ts";

function event(
  fields: {
    readonly kind?: string;
    readonly room?: string;
    readonly text?: string;
    readonly actor?: string;
    readonly command?: string;
  } = {},
): Event {
  const { kind = "message.created", room = "r", text = "hi", actor = "ada", command } = fields;
  const author = { id: actor, kind: "person", self: false } as const;
  return {
    id: "fake:1",
    kind,
    platform: "fake",
    account: "main",
    at: 0,
    conversation: { address: { platform: "fake", account: "main", room }, kind: "channel" },
    actor: author,
    raw: {},
    ...(kind.startsWith("message")
      ? { message: { id: "m", author, text, content: [], attachments: [], addressed: false, sentAt: 0 } }
      : {}),
    ...(command === undefined ? {} : { command, args: "" }),
  } as Event;
}

function names(add: (router: Router<string[]>, note: (name: string) => () => string) => void, about: Event): readonly unknown[] {
  const router = new Router<string[]>();
  add(router, (name) => Object.assign(() => name, {}));
  return router.find(about).map((handle) => handle([]));
}

describe("Router", () => {
  it("finds listeners in the order of registration, whatever their pattern", () => {
    const found = names((router, note) => {
      router.add("*", {}, note("1"), false);
      router.add("message.created", {}, note("2"), false);
      router.add("message.*", { room: "r" }, note("3"), false);
      router.add("fake:*", {}, note("4"), false);
      router.add(["message.created", "*", "message.*"], {}, note("5"), false);
      router.add("message.created", { room: "other" }, note("no"), false);
      router.add("slack:message.created", {}, note("no"), false);
      router.add("reaction.added", {}, note("no"), false);
    }, event());
    expect(found).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("hands over to the first exclusive route alone", () => {
    const found = names((router, note) => {
      router.add("message.created", { text: "other" }, note("no"), true);
      router.add("message.created", {}, note("listener"), false);
      router.add("message.created", { text: /h/ }, note("first"), true);
      router.add("message.created", {}, note("second"), true);
      router.add("message.created", {}, note("last"), false);
    }, event());
    expect(found).toEqual(["listener", "first", "last"]);
  });

  it.each([
    "",
    "message",
    "message.",
    ".created",
    "Message.Created",
    "message.created.x",
    "*.created",
    "slack:",
    "a b.c",
    "__proto__",
  ])("refuses %j as a kind", (kind) => {
    expect(() => new Router().add(kind, {}, () => undefined, false)).toThrow(
      expect.objectContaining({ code: "options.invalid" }),
    );
  });

  it("refuses a route that could never match, and a field that does not exist", () => {
    const router = new Router();
    expect(() => router.add("slack:message.created", { platform: "github" }, () => undefined, false)).toThrow(/never match/);
    expect(() => router.add("message.created", { rom: "r" } as Match, () => undefined, false)).toThrow(/no such field/);
    expect(() => router.add("message.created", { constructor: "r" } as unknown as Match, () => undefined, false)).toThrow(
      /no such field/,
    );
  });

  it("reliability 40: finds what trying every route would, in 10,000 random tables", () => {
    const kinds = ["message.created", "message.edited", "command.invoked", "reaction.added"];
    const value = fc.constantFrom("a", "b", "c");
    const match = fc.record(
      {
        room: fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })),
        actor: fc.oneof(value, fc.array(value, { maxLength: 2 })),
        text: fc.oneof(
          value,
          fc.constantFrom(/a/g, /[bc]/y),
          fc.array(fc.oneof(value, fc.constant(/b/)), { minLength: 1, maxLength: 2 }),
        ),
        command: value,
      },
      { requiredKeys: [] },
    );
    const pattern = fc.constantFrom(...kinds, "*", "message.*", "fake:*", "fake:message.created", "other:*");
    const route = fc.record({ patterns: fc.array(pattern, { minLength: 1, maxLength: 3 }), match, exclusive: fc.boolean() });
    const about = fc.record({ kind: fc.constantFrom(...kinds), room: value, text: value, actor: value, command: value });
    fc.assert(
      fc.property(fc.array(route, { maxLength: 8 }), about, (routes, fields) => {
        const one = event(fields.kind === "command.invoked" ? fields : { ...fields, command: undefined as never });
        const router = new Router<number[]>();
        for (const [index, { patterns, match: wanted, exclusive }] of routes.entries())
          router.add(patterns, wanted, () => index, exclusive);
        const expected: number[] = [];
        let handedOver = false;
        for (const [index, { patterns, match: wanted, exclusive }] of routes.entries()) {
          if (!patterns.some((one_) => fits(one_, fields.kind)) || !holds(wanted, one) || (exclusive && handedOver)) continue;
          handedOver ||= exclusive;
          expected.push(index);
        }
        expect(router.find(one).map((handle) => handle([]))).toEqual(expected);
      }),
      { numRuns: 10_000, seed: 40 },
    );
  });
});

function fits(pattern: string, kind: string): boolean {
  const [platform, rest] = pattern.includes(":") ? pattern.split(":") : ["fake", pattern];
  return platform === "fake" && (rest === "*" || rest === kind || (rest === "message.*" && kind.startsWith("message.")));
}

function holds(match: Match, one: Event): boolean {
  const values: Readonly<Record<string, unknown>> = {
    room: one.conversation.address.room,
    actor: one.actor.id,
    text: "message" in one ? one.message.text : undefined,
    command: "command" in one ? one.command : undefined,
  };
  return Object.entries(match).every(([field, wanted]) =>
    [wanted]
      .flat()
      .some((each: unknown) =>
        each instanceof RegExp
          ? typeof values[field] === "string" && new RegExp(each.source).test(values[field])
          : each === values[field],
      ),
  );
}
