import { describe, expect, it } from "vitest";
import { crew, roomOf } from "../../src/client/index.ts";
import { readOptions } from "../../src/options.ts";
import { account, world } from "../support/events.ts";

const ada = "@ada:example.org";
const refused = (status: number, errcode: string): Response => Response.json({ errcode, error: errcode }, { status });

/** The room of the direct chat with Ada, who is in it as told, and what changed the homeserver on the way. */
async function direct(member: Response, invite: () => Response = () => Response.json({})) {
  const done: unknown[] = [];
  const answer: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const path = decodeURIComponent(new URL(request.url).pathname).replace(/^.*\/v3\//, "");
    if (request.method !== "GET") done.push([path, await request.json()]);
    if (path.endsWith("/m.direct")) return Response.json({ [ada]: ["!old", "!chat", "!left"] });
    if (path === "joined_rooms") return Response.json({ joined_rooms: ["!chat", "!old"] });
    return path === `rooms/!chat/state/m.room.member/${ada}` ? member : invite();
  };
  const to = { platform: "matrix", account, room: ada };
  const room = await roomOf(crew(readOptions({})), to, world({ fetch: answer }));
  return { room, done };
}

describe("a direct chat", () => {
  it.each(["join", "invite"])("is gone on with where the person's membership is `%s`", async (membership) => {
    expect(await direct(Response.json({ membership }))).toEqual({ room: "!chat", done: [] });
  });

  it.each<[string, () => Response]>([
    ["has left it", () => Response.json({ membership: "leave" })],
    ["was never in it", () => refused(404, "M_NOT_FOUND")],
  ])("is offered again to a person who %s: nobody would read what is said there", async (_, member) => {
    expect(await direct(member())).toEqual({ room: "!chat", done: [["rooms/!chat/invite", { user_id: ada }]] });
  });

  it("is no success where the person cannot be invited", async () => {
    const banned = direct(Response.json({ membership: "ban" }), () => refused(403, "M_FORBIDDEN"));
    await expect(banned).rejects.toMatchObject({ code: "operation.rejected", retryable: false });
  });
});
