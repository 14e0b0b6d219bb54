import { describe, expect, it } from "vitest";
import { crew, invitations } from "../../src/client/index.ts";
import { readOptions } from "../../src/options.ts";
import { account, world } from "../support/events.ts";

/** Invitations into rooms, on a homeserver that answers to joining as told. */
async function invited(rooms: readonly string[], join: (room: string) => Response | Promise<Response>) {
  const asked: string[] = [];
  const context = world({
    fetch: async (input) => {
      const room = /\/join\/([^?]+)/.exec(new Request(input).url)?.[1] ?? "";
      asked.push(decodeURIComponent(room));
      return await join(decodeURIComponent(room));
    },
  });
  const settings = readOptions({});
  const { note, accept } = invitations(settings, crew(settings));
  const invite = async (room: string): Promise<boolean> => await note(account, { room, from: "@ada:example.org" }, context);
  for (const room of rooms) await invite(room);
  const left = (): number => [...context.remembered.keys()].filter((key) => key.startsWith("invite/")).length;
  return { asked, left, note: invite, accept: async () => await accept(account, context) };
}

const refused = (status: number, errcode: string): Response => Response.json({ errcode, error: errcode }, { status });

describe("invitations", () => {
  it.each(["!a", "!b", "!c"])("are accepted whatever becomes of that to %s, which is tried again", async (dead) => {
    const { asked, left, accept } = await invited(["!a", "!b", "!c"], (room) =>
      room === dead ? refused(502, "M_UNKNOWN") : Response.json({ room_id: room }),
    );
    await accept();
    expect(asked.toSorted((a, b) => a.localeCompare(b))).toEqual(["!a", "!b", "!c"]);
    expect(left()).toBe(1);
    await accept();
    expect(asked.at(-1)).toBe(dead);
  });

  it("wait together when the homeserver asks to wait", async () => {
    const { asked, left, accept } = await invited(["!a", "!b", "!c"], () => refused(429, "M_LIMIT_EXCEEDED"));
    await accept();
    expect([asked.length, left()]).toEqual([1, 3]);
  });

  it("are joined one at a time however often there is news, and what came meanwhile is joined after", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { asked, left, accept, note } = await invited(["!a"], async (room) => {
      if (room === "!a") await promise;
      return Response.json({ room_id: room });
    });
    const first = accept();
    while (asked.length === 0) await new Promise((next) => void setImmediate(next));
    await note("!b");
    const more = [accept(), accept(), accept()];
    resolve();
    await Promise.all([first, ...more]);
    expect([asked, left()]).toEqual([["!a", "!b"], 0]);
  });
});
