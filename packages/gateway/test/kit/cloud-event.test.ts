import { CloudEvent as Judged, HTTP } from "cloudevents";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change, Event, Issue, User } from "../../src/contract/index.ts";
import { fromCloudEvent, isCloudEvent, toCloudEvent, type CloudEvent } from "../../src/kit/cloud-event/index.ts";

const ada: User = { id: "U1", kind: "person", self: false, name: "Ada" };
const issue: Issue = {
  kind: "issue",
  key: "octo/app#12",
  id: "1",
  title: "It breaks",
  body: "",
  state: "open",
  labels: ["bug"],
  assignees: [ada],
};
const change: Change = { ...issue, kind: "change", from: "fix", into: "main", draft: false, merged: false };
const review = { id: "r", verdict: "approved", body: "" } as const;
const message = {
  id: "m",
  author: ada,
  text: "hi",
  content: [{ type: "paragraph", children: [{ type: "text", value: "hi" }] }],
  attachments: [],
  addressed: true,
  sentAt: 1,
} as const;
const envelope = {
  id: "github:1",
  platform: "github",
  account: "octo/7",
  at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  conversation: {
    address: { platform: "github", account: "octo/7", room: "app", thread: "12" },
    kind: "issue",
    title: "It breaks",
    issue,
  },
  actor: ada,
  raw: { secret: "of the sender" },
} as const;
const opened: Event = { ...envelope, kind: "issue.opened", issue };

/** What a network does to an event. */
function sent(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const user = fc.record(
  { id: name, kind: fc.constantFrom("person", "bot", "system", "unknown"), self: fc.boolean(), name },
  { requiredKeys: ["id", "kind", "self"] },
);
const address = fc.record(
  { platform: fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/), account: name, room: name, thread: name },
  {
    requiredKeys: ["platform", "account", "room"],
  },
);
const conversation = fc.record(
  {
    address,
    kind: fc.constantFrom("direct", "group", "channel", "issue", "change", "project"),
    title: name,
    issue: fc.constant(issue),
    change: fc.constant(change),
  },
  { requiredKeys: ["address", "kind"] },
);
const changes = fc.dictionary(name, fc.record({ from: fc.jsonValue(), to: fc.jsonValue() }));
const payload = fc.oneof(
  fc.record({ kind: fc.constant("message.created"), message: fc.record({ ...constants(message), text: fc.string() }) }),
  fc.record({ kind: fc.constant("issue.updated"), issue: fc.constant(issue), changes }),
  fc.record({ kind: fc.constant("change.merged"), change: fc.constant(change), changes }),
  fc.record({ kind: fc.constant("review.submitted"), change: fc.constant(change), review: fc.constant(review) }),
  fc.record({ kind: fc.constant("action.invoked"), action: fc.string(), values: fc.array(fc.string()) }),
  fc.record({ kind: fc.constant("form.submitted"), form: fc.string(), values: fc.dictionary(name, fc.string()) }),
  fc.record({ kind: fc.constant("parade.started"), route: fc.jsonValue() }),
);
const anyEvent = fc
  .record({ id: name, conversation, actor: user, at: fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), payload })
  .map(({ payload: told, ...rest }) => {
    const { platform, account } = rest.conversation.address;
    return { ...rest, platform, account, raw: {}, ...told } as unknown as Event;
  });

function constants<T extends object>(value: T): { [K in keyof T]: fc.Arbitrary<T[K]> } {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fc.constant(one)])) as never;
}

describe("toCloudEvent", () => {
  it("says what it was, where, when and about what", () => {
    expect(toCloudEvent(opened)).toEqual({
      specversion: "1.0",
      id: "github:1",
      source: "/github/octo%2F7",
      type: "devflow.issue.opened",
      subject: "github/octo%2f7/app/12",
      time: "2026-01-02T03:04:05.678Z",
      datacontenttype: "application/json",
      data: { issue, conversation: envelope.conversation, actor: ada },
    });
    expect(JSON.stringify(toCloudEvent(opened))).not.toContain("of the sender");
  });

  it("leaves out a time that cannot be spelled", () => {
    for (const at of [-1, Number.NaN, 1e300]) expect(toCloudEvent({ ...opened, at })).not.toHaveProperty("time");
  });

  it("reads content that is made on first use", () => {
    const lazy = {
      ...message,
      get content() {
        return message.content;
      },
    };
    const told = sent(toCloudEvent({ ...envelope, kind: "message.created", message: lazy })) as { data: { message: unknown } };
    expect(told.data.message).toEqual(message);
  });

  it("and back gives the same event, but for what the platform had sent", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const cloud = sent(toCloudEvent(event));
        expect(fromCloudEvent(cloud)).toEqual({ ...(sent(event) as object), raw: cloud });
      }),
      { numRuns: 1000, seed: 20_260_101 },
    );
  });

  it("is valid by the SDK's schema, which reads it from a request as it was", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const cloud = toCloudEvent(event);
        const headers = { "content-type": "application/cloudevents+json" };
        const read = HTTP.toEvent({ headers, body: JSON.stringify(cloud) });
        expect(read).toBeInstanceOf(Judged);
        expect((read as Judged<unknown>).validate()).toBe(true);
        expect(sent(read)).toEqual(sent(cloud));
      }),
      { numRuns: 200, seed: 20_260_101 },
    );
  });
});

describe("fromCloudEvent", () => {
  const whole = sent(toCloudEvent(opened)) as CloudEvent & { readonly data: object };
  const { time: _, ...timeless } = whole;

  it("reads an event of ours that the SDK wrote", () => {
    const body = HTTP.structured(new Judged({ ...whole, extension: "x" })).body as string;
    expect(fromCloudEvent(JSON.parse(body))).toMatchObject({ kind: "issue.opened", issue, at: envelope.at });
  });

  it("takes anybody's event of our types, with what it says of a place and a person", () => {
    const foreign = { ...whole, source: "https://ci.example/jobs?x=1", subject: "slack/T1/C1", data: { issue } };
    expect(fromCloudEvent(foreign)).toEqual({
      id: "github:1",
      kind: "issue.opened",
      platform: "cloudevents",
      account: "https://ci.example/jobs?x=1",
      at: envelope.at,
      conversation: { address: { platform: "slack", account: "T1", room: "C1" }, kind: "channel" },
      actor: { id: "", kind: "unknown", self: false },
      raw: foreign,
      issue,
    });
    const room = (subject: string | undefined): unknown =>
      fromCloudEvent({ ...foreign, source: "/ci/main", subject })?.conversation.address;
    expect(room("a job")).toEqual({ platform: "ci", account: "main", room: "a job" });
    expect(room("%")).toEqual({ platform: "ci", account: "main", room: "%" });
    expect(room(undefined)).toEqual({ platform: "ci", account: "main", room: "issue.opened" });
  });

  it("takes the time it was received when it tells none", () => {
    expect(fromCloudEvent(timeless)).toBeUndefined();
    expect(fromCloudEvent(timeless, 42)?.at).toBe(42);
    expect(fromCloudEvent({ ...whole, time: "yesterday" }, 42)?.at).toBe(42);
    expect(fromCloudEvent({ ...whole, time: "2026-01-02T05:04:05.678+02:00" }, 42)?.at).toBe(envelope.at);
  });

  it.each<[string, unknown]>([
    ["nothing", null],
    ["a list", [whole]],
    ["another version", { ...whole, specversion: "0.3" }],
    ["no id", { ...whole, id: "" }],
    ["a number for an id", { ...whole, id: 7 }],
    ["no source", { ...whole, source: undefined }],
    ["another type", { ...whole, type: "com.example.issue.opened" }],
    ["a type that is no kind", { ...whole, type: "devflow.constructor" }],
    ["a subject that is none", { ...whole, subject: {} }],
    ["no data", { ...whole, data: undefined }],
    ["data that is no object", { ...whole, data: "issue" }],
    ["a payload without its field", { ...whole, data: { change } }],
    ["a payload with half its field", { ...whole, data: { issue: { ...issue, labels: undefined } } }],
    ["a field of another type", { ...whole, data: { issue: { ...issue, title: 7 } } }],
  ])("says nothing of %s", (_name, value) => {
    expect(fromCloudEvent(value, 1)).toBeUndefined();
  });

  it("does not believe half a conversation or a user of no kind", () => {
    const broken = (told: object): Event | undefined => fromCloudEvent({ ...whole, data: { issue, ...told } });
    const place = envelope.conversation;
    const spelled = { address: place.address, kind: "channel" };
    for (const toldPlace of [
      { ...place, kind: "elsewhere" },
      { ...place, address: { ...place.address, room: "" } },
      { ...place, issue: { title: "x" } },
      "github",
    ])
      expect(broken({ conversation: toldPlace })?.conversation).toEqual(spelled);
    expect(broken({ actor: { ...ada, kind: "ghost" } })?.actor).toEqual({ id: "", kind: "unknown", self: false });
  });

  it("never throws, and lets no payload reach a prototype", () => {
    fc.assert(
      fc.property(fc.anything(), fc.jsonValue(), fc.string(), (value, data, text) => {
        fromCloudEvent(value, 1);
        fromCloudEvent({ ...whole, data }, 1);
        fromCloudEvent({ ...whole, source: text, subject: text }, 1);
        isCloudEvent(value);
      }),
      { seed: 20_260_101 },
    );
    const hostile: unknown = JSON.parse(`{"specversion":"1.0","id":"1","source":"/a/b","type":"devflow.parade.started",
      "data":{"__proto__":{"polluted":true},"kind":"message.created","id":"forged","platform":"forged"}}`);
    expect(fromCloudEvent(hostile, 1)).toMatchObject({ kind: "parade.started", id: "1", platform: "a" });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
