import { Client, GatewayIntentBits } from "discord.js";
import { afterEach, expect, it } from "vitest";
import { discord } from "../../src/index.ts";
import { gatewayServer, type GatewayServer } from "../support/gateway-server.ts";
import { application, guild, message, token, world } from "../support/index.ts";

let server: GatewayServer;
afterEach(async () => await server.close());

it("listens beside the handlers of a client that is handed in, and leaves it as it was", async () => {
  server = await gatewayServer();
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
    rest: { api: server.url, retries: 0, rejectOnRateLimit: () => true },
  });
  const heard: string[] = [];
  client.on("messageCreate", (said) => void heard.push(said.content));
  const ready = new Promise((resolve) => client.once("clientReady", resolve));
  const adapter = discord({ client, apiUrl: server.url });
  const abort = new AbortController();
  const context = world({ signal: abort.signal, secrets: {} });
  const names: string[] = [];
  const arrived = Promise.withResolvers<void>();
  const up = Promise.withResolvers<void>();
  const before = client.listenerCount("raw");
  const run = adapter.transports.connection?.run(
    application,
    async ({ deliveries }) => {
      names.push(...deliveries.map(({ id }) => id));
      arrived.resolve();
      return { status: 200 };
    },
    context,
    up.resolve,
  );
  await client.login(token);
  await Promise.all([ready, up.promise]);
  expect(await adapter.transports.connection?.lines(context)).toEqual([application]);
  expect(await adapter.client(application, context)).toBe(client);
  server.dispatch("GUILD_CREATE", {
    id: guild,
    channels: [{ id: "400000000000000001", type: 0, name: "w" }],
    members: [],
    roles: [],
  });
  server.dispatch("MESSAGE_CREATE", message({ content: "hello" }));
  await arrived.promise;
  expect(names).toEqual([`${application}:MESSAGE_CREATE:600000000000000001`]);
  expect(heard).toEqual(["hello"]);
  expect(server.count(2)).toBe(1);
  abort.abort();
  await run;
  expect(client.listenerCount("raw")).toBe(before);
  expect(client.listenerCount("messageCreate")).toBe(1);
  await client.destroy();
});
