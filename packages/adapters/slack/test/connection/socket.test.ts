import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { openSocket } from "../../src/connection/socket.ts";
import { world } from "../support/index.ts";
import { socketServer, type SocketServer } from "../support/socket-server.ts";

let server: SocketServer;

afterEach(async () => await server.close());

describe("a socket", () => {
  it("is dead when Slack answers its pings and never says hello: no event comes over it", async () => {
    server = await socketServer();
    server.mute = true;
    const { clock } = world();
    const ends: string[] = [];
    await openSocket(server.url.replace("http", "ws"), { frame: () => {}, dead: (why) => ends.push(why) }, clock);
    await server.when(() => server.sockets.length === 1);
    const slack = server.sockets[0]!;
    // Until the handshake has ended on our side too there is no ping.
    for (let heard = false; !heard && ends.length === 0;) {
      slack.once("ping", () => (heard = true));
      await clock.advance(5_000);
    }
    for (let beat = 0; beat < 8 && ends.length === 0; beat++) {
      const answered = Promise.race([once(slack, "ping"), once(slack, "close")]);
      await clock.advance(5_000);
      await answered;
      await clock.settle();
    }
    expect(ends).toEqual(["it fell silent"]);
    expect(clock.pending).toBe(0);
  });
});
