import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { measured } from "../faults/measured.ts";
import { deliver, eventually, startLife, startPlatform, type Arrival, type Life } from "./child/index.ts";
import { nightly, range } from "./harness.ts";
import { folder } from "./stores.ts";

async function world() {
  const platform = await startPlatform();
  const env = { DB: join(folder(), "gateway.db"), PLATFORM: platform.url };
  const lives: Life[] = [];
  const live = async (more: Readonly<Record<string, string>> = {}): Promise<Life> => {
    const life = await startLife({ ...env, ...more });
    lives.push(life);
    return life;
  };
  onTestFinished(async () => {
    for (const { child } of lives) child.kill("SIGKILL");
    await platform.close();
  });
  return { platform, live };
}

/** Texts of a room in the order in which people see them. */
function textsOf(arrivals: readonly Arrival[], room: string): readonly string[] {
  return arrivals.filter((one) => one.room === room).map(({ text }) => text);
}

describe("kill -9", () => {
  const steps: readonly (readonly [string, string, boolean])[] = [
    ["before the event is committed", "before inbox.enqueue", false],
    ["after the commit, before the answer", "after inbox.enqueue", false],
    ["after the answer", "after response", false],
    ["after the claim", "after inbox.claim", false],
    ["in the handler, between two replies", "in handler", false],
    ["after the handler, before its completion", "before inbox.ack", false],
    ["after the completion", "after inbox.ack", false],
    ["after the claim of a reply", "after outbox-fake.claim", false],
    ["after the send, before it is noted", "before outbox-fake.ack", true],
    ["after the send was noted", "after outbox-fake.ack", false],
  ];
  it.each(steps)(
    "reliability 15, lessons §2 row 1: kill -9 %s loses nothing and doubles nothing",
    async (_, step, sends) => {
      for (const round of range(nightly ? 20 : 1)) {
        const { platform, live } = await world();
        const events = range(3).map((n) => ({ id: `e${n}`, room: `r${n % 2}`, text: String(n) }));
        const doomed = await live({ KILL: step });
        const answers = await Promise.all(events.map((event) => deliver(doomed.port, event)));
        expect([round, await doomed.ended]).toEqual([round, "SIGKILL"]);
        const next = await live();
        // What was not acknowledged is delivered again, as platforms do; what was, is not.
        for (const [n, event] of events.entries()) if (answers[n] !== 200) await deliver(next.port, event);
        await eventually(() => platform.seen().length === 6, `six replies after "${step}"`);
        await new Promise((resolve) => setTimeout(resolve, 200));
        expect(textsOf(platform.seen(), "r0")).toEqual(answersIn(platform.seen(), "r0"));
        expect(new Set(platform.seen().map(({ text }) => text))).toEqual(
          new Set(events.flatMap(({ text }) => [`${text} 1`, `${text} 2`])),
        );
        // Without keys, people see twice what was in flight, and only when the process died between send and note.
        const doubled = platform.arrivals.length - platform.seen().length;
        expect(doubled).toBeLessThanOrEqual(sends ? 2 : 0);
        next.child.kill("SIGTERM");
        expect(await next.ended).toBe(0);
      }
    },
    60_000 * (nightly ? 20 : 1),
  );

  it("reliability 28: a message that kills its process does so three times, and the next one of its lane is answered", async () => {
    const { platform, live } = await world();
    let life = await live();
    let deaths = 0;
    // On a slow machine it kills before it was acknowledged.
    await deliver(life.port, { id: "p", room: "r", text: "poison" });
    const delivered = deliver(life.port, { id: "n", room: "r", text: "1" });
    if ((await delivered) !== 200) await life.ended;
    for (;;) {
      const dead = life.ended.then(() => true);
      const answered = eventually(() => platform.seen().length === 2, "the answer to the next").then(() => false);
      if (!(await Promise.race([dead, answered]))) break;
      deaths += 1;
      life = await live();
      await deliver(life.port, { id: "n", room: "r", text: "1" });
    }
    expect([deaths, textsOf(platform.seen(), "r")]).toEqual([3, ["1 1", "1 2"]]);
  }, 60_000);

  it("reliability 15: at random moments, under load, no event is lost, no reply doubled where keys are honoured, and order is kept", async ({
    task,
  }) => {
    const kills = Number(process.env["DEVFLOW_KILLS"] ?? (nightly ? 50 : 10));
    const { platform, live: begin } = await world();
    // Whoever happens to be in hand at three kills is no poison here, as it would have to look to a gateway.
    const live = () => begin({ MAX_CRASHES: "1000" });
    let life = await live();
    let done = false;
    const accepted = new Map<string, string[]>();
    // Each room speaks in turn, and says again what was not acknowledged: under the same id, as a platform would.
    const rooms = range(8).map(async (room) => {
      const texts: string[] = [];
      accepted.set(`room-${room}`, texts);
      for (let n = 0; !done; n++) {
        const event = { id: `${room}-${n}`, room: `room-${room}`, text: String(n) };
        while ((await deliver(life.port, event)) !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
        texts.push(event.text);
      }
    });
    for (const _ of range(kills)) {
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 400));
      life.child.kill("SIGKILL");
      await life.ended;
      life = await live();
    }
    done = true;
    await Promise.all(rooms);
    const events = [...accepted.values()].flat().length;
    await eventually(() => platform.seen().length === events * 2, `${events * 2} replies`, 60_000);
    const doubled = platform.arrivals.length - platform.seen().length;
    measured(task, `${kills} kills, ${events} events, ${events * 2} replies; without keys ${doubled} of them would be doubled`);
    for (const [room, texts] of accepted)
      expect(textsOf(platform.seen(), room)).toEqual(texts.flatMap((text) => [`${text} 1`, `${text} 2`]));
    expect(events).toBeGreaterThan(kills * 5);
  }, 600_000);
});

/** The same texts, in the order that the handler says them. */
function answersIn(arrivals: readonly Arrival[], room: string): readonly string[] {
  const numbers = [...new Set(textsOf(arrivals, room).map((text) => text.split(" ")[0] ?? ""))];
  return numbers.flatMap((number) => [`${number} 1`, `${number} 2`]);
}
