import { describe, expect, it } from "vitest";
import { discord, type DiscordOptions } from "../src/index.ts";
import { api } from "./support/api.ts";
import { application, publicKey, world } from "./support/index.ts";

const commands = [
  { name: "deploy", description: "Ships it" },
  { name: "no good", description: "" },
];
const long = { name: "long", description: `x${"😀".repeat(100)}` };

/** Runs setup twice against a platform that keeps what it is told. */
async function twice(options: DiscordOptions, url?: string, listed: readonly object[] = [], wanted = commands) {
  let endpoint: unknown = null;
  let known: unknown = listed;
  await using server = await api(({ method, path, body, text }) => {
    if (path === "/applications/@me") {
      if (method === "PATCH") endpoint = body["interactions_endpoint_url"];
      return { body: { id: application, interactions_endpoint_url: endpoint } };
    }
    if (method === "PUT") known = (JSON.parse(text) as object[]).map((one) => ({ id: "1", version: "2", nsfw: false, ...one }));
    return { body: known };
  });
  const { setup } = discord({ apiUrl: server.url, ...options });
  const run = async () => await setup?.setup({ commands: wanted, ...(url === undefined ? {} : { url }) }, world());
  const first = await run();
  const before = server.calls.length;
  const second = await run();
  return { first, second, changes: server.calls.slice(before).filter(({ method }) => method !== "GET"), known };
}

describe("setup", () => {
  it("registers commands once, and says which it cannot", async () => {
    const { first, second, changes, known } = await twice({});
    expect(first).toEqual([
      "Interactions come over the Gateway; no address is set.",
      "Listed 1 commands: changed /deploy.",
      expect.stringContaining("cannot list /no good"),
    ]);
    expect(second?.[1]).toBe("The 1 commands are listed already.");
    expect(changes).toEqual([]);
    expect(known).toMatchObject([{ name: "deploy", type: 1, options: [{ type: 3, name: "args", required: false }] }]);
  });

  it("cuts what is said of a command between characters", async () => {
    const { known } = await twice({}, undefined, [], [long]);
    expect(known).toMatchObject([{ description: `x${"😀".repeat(49)}` }]);
  });

  it("finds what changed and what is gone", async () => {
    const listed = [
      { name: "old", type: 1 },
      { name: "deploy", type: 1, description: "Ships" },
    ];
    const { first } = await twice({}, undefined, listed);
    expect(first?.[1]).toBe("Listed 1 commands: changed /deploy, removed /old.");
  });

  it("takes commands in Discord's own form before the gateway's", async () => {
    const own = {
      name: "deploy",
      description: "Mine",
      options: [{ type: 3, name: "env", description: "Where", autocomplete: true }],
    };
    const { known, changes } = await twice({ commands: [own] });
    expect(known).toMatchObject([{ name: "deploy", description: "Mine" }]);
    expect(changes).toEqual([]);
  });

  it("sets the address for interactions, and takes it away", async () => {
    const { first, second } = await twice({ publicKey }, "https://bot.example/");
    expect(first?.[0]).toBe("Set the address for interactions to https://bot.example/webhooks/discord.");
    expect(second?.[0]).toBe("Interactions go to https://bot.example/webhooks/discord already.");
  });
});
