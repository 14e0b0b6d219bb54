import { describe, expect, it } from "vitest";
import { crew, invitations } from "../../src/client/index.ts";
import { readOptions } from "../../src/options.ts";
import { account, world } from "../support/events.ts";

/** Invitations into rooms, on a homeserver that answers to joining as told. */
async function invited(rooms: readonly string[], join: (room: string) => Response) {
  const asked: string[] = [];
  const context = world({
    fetch: async (input) => {
      const room = /\/join\/([^?]+)/.exec(new Request(input).url)?.[1] ?? "";
      asked.push(decodeURIComponent(room));
      return join(decodeURIComponent(room));
    },
  });
  const settings = readOptions({});
  const { note, accept } = invitations(settings, crew(settings));
  for (const room of rooms) await note(account, { room, from: "@ada:example.org" }, context);
  const left = (): number => [...context.remembered.keys()].filter((key) => key.startsWith("invite/")).length;
  return { asked, left, accept: async () => await accept(account, context) };
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
});
