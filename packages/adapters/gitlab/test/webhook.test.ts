import { describe, expect, it } from "vitest";
import { gitlab } from "../src/index.ts";
import { eventUuid, isOwnUuid } from "../src/wire/index.ts";
import { identity, receive, signed, signingSecret, world } from "./support/index.ts";
import { changeHook, emojiHook, issueHook, noteHook, pipelineHook, pushHook } from "./support/payloads.ts";

const one = async (payload: object, headers: Record<string, string> = {}, context = world()) =>
  (await receive(signed(JSON.stringify(payload), headers), context)).deliveries[0];

describe("the id of a delivery", () => {
  it("is the key that GitLab repeats with each attempt", async () => {
    const key = "9f1b3b5e-aaaa-4000-8000-000000000001";
    expect((await one(pushHook(), { "idempotency-key": key, "webhook-id": "another-id" }))?.id).toBe(key);
    expect((await one(pushHook(), { "webhook-id": key }))?.id).toBe(key);
  });

  it("is made of the body where GitLab gives none, or something odd", async () => {
    const old = (payload: object, event: string) => one(payload, { "webhook-id": "", "x-gitlab-event": event });
    const [first, second] = [await old(pushHook(), "Push Hook"), await old(pushHook(), "Push Hook")];
    expect(first?.id).toMatch(/^[0-9a-f]{64}$/);
    expect(second?.id).toBe(first?.id);
    expect((await old(pushHook({ after: "c".repeat(40) }), "Push Hook"))?.id).not.toBe(first?.id);
    expect((await old(pushHook(), "System Hook"))?.id).not.toBe(first?.id);
    expect((await one(pushHook(), { "idempotency-key": "x".repeat(4000) }))?.id).toHaveLength(64);
  });

  it("is not the UUID that hooks share which cause each other", async () => {
    const uuid = "11111111-2222-4333-8444-555555555555";
    const [a, b] = [
      await one(issueHook("open"), { "x-gitlab-event-uuid": uuid, "webhook-id": "delivery-a" }),
      await one(issueHook("close"), { "x-gitlab-event-uuid": uuid, "webhook-id": "delivery-b" }),
    ];
    expect(a?.id).not.toBe(b?.id);
  });
});

describe("lanes", () => {
  it("are one for each item and for each run", async () => {
    const lane = async (payload: object) => (await one(payload))?.lane;
    expect(await lane(issueHook("open"))).toBe("gitlab/default/group%2fapp/#5");
    expect(await lane(noteHook({}))).toBe("gitlab/default/group%2fapp/#5");
    expect(await lane(emojiHook("award"))).toBe("gitlab/default/group%2fapp/#5");
    expect(await lane(changeHook("open"))).toBe("gitlab/default/group%2fapp/!5");
    expect(await lane(noteHook({ type: "DiffNote", discussion_id: "abc" }, { merge_request: { iid: 5 } }))).toBe(
      "gitlab/default/group%2fapp/!5",
    );
    expect(await lane(pipelineHook("running"))).toBe("gitlab/default/group%2fapp/run%2f31");
    expect(await lane(pushHook())).toBe("gitlab/default/group%2fapp");
  });
});

describe("noise", () => {
  it("is a note of GitLab's own, and a pipeline that goes on running", async () => {
    expect(await one(noteHook({ system: true }))).toBeUndefined();
    const context = world();
    const run = (status: string, id: string) => one(pipelineHook(status), { "webhook-id": id }, context);
    expect(await run("running", "run-first")).toBeDefined();
    expect(await run("running", "run-again")).toBeUndefined();
    expect(await run("running", "run-first"), "redelivered").toBeDefined();
    expect(await run("failed", "run-failed")).toBeDefined();
    expect(await run("running", "run-retried"), "retried").toBeDefined();
    expect(await run("success", "run-passed")).toBeDefined();
  });
});

describe("our own doings", () => {
  it("are known by a UUID that only we can make", () => {
    const uuid = eventUuid("secret-1");
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(eventUuid("secret-1")).not.toBe(uuid);
    expect(isOwnUuid(uuid, ["other", "secret-1"])).toBe(true);
    expect(isOwnUuid(uuid, ["other"])).toBe(false);
    expect(isOwnUuid(uuid, [])).toBe(false);
    for (const at of [0, 10, 16, 21, 30]) {
      const changed = uuid.slice(0, at) + (uuid[at] === "0" ? "1" : "0") + uuid.slice(at + 1);
      expect(isOwnUuid(changed, ["secret-1"]), `digit ${at}`).toBe(false);
    }
    expect(isOwnUuid("", ["secret-1"])).toBe(false);
  });

  it("are marked in what is stored, so that a restart does not forget it", async () => {
    const own = await one(issueHook("open"), { "x-gitlab-event-uuid": eventUuid(signingSecret) });
    const foreign = await one(issueHook("open"), { "x-gitlab-event-uuid": "11111111-2222-4333-8444-555555555555" });
    expect([own?.via, foreign?.via]).toEqual(["own", "hook"]);
    const stored = JSON.parse(JSON.stringify(own)) as NonNullable<typeof own>;
    const [event] = gitlab().normalizer.normalize([stored], identity);
    expect(event?.actor).toMatchObject({ id: "42", self: true });
  });
});

describe("bodies", () => {
  it("that are no JSON object are malformed", async () => {
    for (const body of ["", "[]", '{"a":', "null"])
      await expect(receive(signed(body))).rejects.toMatchObject({ code: "wire.malformed" });
  });
});
