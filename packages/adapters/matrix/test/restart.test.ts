import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isObject, type JsonObject } from "@devflow/gateway/kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBot, type Bot } from "./support/child.ts";
import { homeserver, python, type Homeserver, type Person } from "./support/synapse.ts";

const missing = "needs DEVFLOW_SYNAPSE, a Python that can import synapse";
const bodyOf = ({ content }: JsonObject): string => (isObject(content) ? String(content.body) : "");

describe.skipIf(!python)(`a bot that is killed (${missing})`, () => {
  let home: Homeserver;
  let bot: Person;
  let ada: Person;
  let room = "";
  let folder = "";
  let running: Bot | undefined;

  const start = async (die?: string): Promise<Bot> =>
    (running = await startBot({ apiUrl: home.url, token: bot.token, store: join(folder, "store.db"), die }));
  const answers = async (): Promise<readonly string[]> =>
    (await ada.newest(room))
      .filter(({ sender }) => sender === bot.id)
      .map(bodyOf)
      .filter((text) => text.startsWith("you said"));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "matrix-bot-"));
    home = await homeserver();
    [bot, ada] = [await home.register("rig"), await home.register("ada")];
    const first = await start();
    room = String(
      (await ada.ask("POST", "/createRoom", { is_direct: true, preset: "trusted_private_chat", invite: [bot.id] })).room_id,
    );
    await ada.say(room, "say zero");
    await ada.sees(room, (event) => bodyOf(event) === "you said zero");
    first.kill();
    await first.ended;
  }, 120_000);
  afterAll(async () => {
    running?.kill();
    await running?.ended;
    await home?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it.each(["before", "after"])(
    "%s the store has what it was given, answers after its restart, once",
    async (when) => {
      const doomed = await start(when);
      await ada.say(room, `say ${when}`);
      await doomed.ended;
      expect(await answers()).not.toContain(`you said ${when}`);
      const next = await start();
      await ada.sees(room, (event) => bodyOf(event) === `you said ${when}`);
      // What comes behind it shows that no second answer was under way.
      await ada.say(room, `say behind ${when}`);
      await ada.sees(room, (event) => bodyOf(event) === `you said behind ${when}`);
      expect((await answers()).filter((text) => text === `you said ${when}`)).toHaveLength(1);
      next.kill();
      await next.ended;
    },
    60_000,
  );

  it("hears all that was said while it was away, in order, though a sync does not show it all", async () => {
    for (let i = 0; i < 230; i++) await ada.say(room, i % 10 === 0 ? `say ${i}` : `noise ${i}`);
    const next = await start();
    await ada.sees(room, (event) => bodyOf(event) === "you said 220");
    const said = (await answers()).filter((text) => /\d$/.test(text));
    expect(said).toEqual(Array.from({ length: 23 }, (_, i) => `you said ${i * 10}`));
    next.kill();
    await next.ended;
  }, 120_000);
});
