import { manualClock } from "@devflow/conformance";
import type { Sink } from "@devflow/gateway/contract";
import { describe, expect, it } from "vitest";
import { createClients } from "../../src/client/index.ts";
import { createIntake } from "../../src/connection/intake.ts";
import { readOptions } from "../../src/options.ts";
import { application, interaction, message, world } from "../support/index.ts";

/** An intake, what became durable by and by, and a store that a test can keep waiting or break where it comes to forms. */
function open() {
  const context = world({ clock: manualClock() });
  const settings = readOptions({});
  const asked = Promise.withResolvers<void>();
  const kept: string[] = [];
  const cursor: number[] = [];
  const failures: unknown[] = [];
  const sink: Sink = async ({ question, deliveries }) => {
    if (question) await asked.promise;
    kept.push(...deliveries.map(({ id }) => id.split(":")[1] ?? ""));
    return { status: 202 };
  };
  const intake = createIntake({
    account: application,
    settings,
    clients: createClients(settings),
    sink,
    context,
    durable: async (seq) => void cursor.push(seq),
    failed: (error) => void failures.push(error),
  });
  const put = (seq: number, t: string, d: object): void => {
    const dispatch = { t, s: seq, d };
    intake.put({ dispatch, body: JSON.stringify(dispatch), session: "s1", seq });
  };
  const form = interaction(5, { custom_id: "f", components: [] });
  return { intake, put, form, asked, kept, cursor, failures, settle: context.clock.settle };
}

describe("a form that is asked about", () => {
  it("holds the cursor until it is durable, and nothing else", async () => {
    const { put, form, asked, kept, cursor, settle } = open();
    put(1, "MESSAGE_CREATE", message());
    await settle();
    put(2, "INTERACTION_CREATE", form);
    put(3, "MESSAGE_CREATE", message({ id: "600000000000000002" }));
    await settle();
    expect([kept, cursor.at(-1)]).toEqual([["MESSAGE_CREATE", "MESSAGE_CREATE"], 1]);
    asked.resolve();
    await settle();
    expect([kept.at(-1), cursor.at(-1)]).toEqual(["INTERACTION_CREATE", 3]);
  });

  it("is waited for by who ends the line", async () => {
    const { intake, put, form, asked, kept, cursor, settle } = open();
    put(1, "INTERACTION_CREATE", form);
    let idle = false;
    const ended = intake.idle().then(() => (idle = true));
    await settle();
    expect(idle).toBe(false);
    asked.resolve();
    await ended;
    expect([kept, cursor.at(-1)]).toEqual([["INTERACTION_CREATE"], 1]);
  });

  it("breaks the line off where it could not be kept, so that it comes again", async () => {
    const { intake, put, form, asked, cursor, failures, settle } = open();
    put(1, "INTERACTION_CREATE", form);
    asked.reject(new Error("the disk is full"));
    await settle();
    put(2, "MESSAGE_CREATE", message());
    await intake.idle();
    expect([failures, cursor.filter((seq) => seq > 0)]).toEqual([[new Error("the disk is full")], []]);
  });
});
