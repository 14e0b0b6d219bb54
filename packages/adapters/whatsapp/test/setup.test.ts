import { describe, expect, it } from "vitest";
import { whatsapp } from "../src/index.ts";
import { account, fakeGraph } from "./support/index.ts";

const url = "https://bot.example/";
const hook = "https://bot.example/webhooks/whatsapp";
const commands = [
  { name: "Deploy", description: "Deploys" },
  { name: "näh", description: "" },
];

/** A business account with one number. */
function business(apps: object[] = []) {
  return fakeGraph(({ path, method }) => {
    if (path.endsWith("/phone_numbers")) return { data: [{ id: account }, {}] };
    return path.endsWith("/subscribed_apps") && method === "GET" ? { data: apps } : { success: true };
  });
}
const posted = (graph: ReturnType<typeof business>): unknown[] =>
  graph.calls.filter(({ method }) => method === "POST").map(({ path, body }) => [path.split("/v25.0/")[1], body]);

describe("setup", () => {
  it("sets the webhook of the business account and lists commands, once", async () => {
    const apps: object[] = [];
    const graph = business(apps);
    const context = graph.context({ settings: { BUSINESS_ACCOUNT_ID: "4195" } });
    const adapter = whatsapp();
    expect(await adapter.setup?.setup({ url, commands }, context)).toEqual([
      `Set the webhook of business account 4195 to ${hook}.`,
      `Listed 1 commands at number ${account}.`,
      "WhatsApp cannot list /näh: names are up to 32 of a-z 0-9 _ -, and there are 30 at most.",
    ]);
    expect(posted(graph)).toEqual([
      ["4195/subscribed_apps", { override_callback_uri: hook, verify_token: "open sesame" }],
      [`${account}/conversational_automation`, { commands: [{ command_name: "deploy", command_description: "Deploys" }] }],
    ]);
    apps.push({ override_callback_uri: hook });
    expect(await adapter.setup?.setup({ url, commands }, context)).toEqual(
      expect.arrayContaining([`The webhook is ${hook} already.`, `The 1 commands of number ${account} are listed already.`]),
    );
    expect(posted(graph)).toHaveLength(2);
  });

  it("subscribes without an address of its own", async () => {
    const graph = business();
    const adapter = whatsapp({ businessAccount: "4195" });
    expect(await adapter.setup?.setup({ commands: [] }, graph.context())).toEqual([
      expect.stringContaining("Subscribed the app"),
    ]);
    expect(posted(graph)).toEqual([["4195/subscribed_apps", {}]]);
    const again = business([{ whatsapp_business_api_data: {} }]);
    await adapter.setup?.setup({ commands: [] }, again.context());
    expect(posted(again)).toEqual([]);
  });

  it("says what is missing", async () => {
    const graph = business();
    expect(await whatsapp().setup?.setup({ url, commands }, graph.context())).toEqual([
      expect.stringContaining("WHATSAPP_BUSINESS_ACCOUNT_ID"),
    ]);
    expect(graph.calls).toEqual([]);
    const context = graph.context({ secrets: { ACCESS_TOKEN: "t-1234567" } });
    expect(await whatsapp({ businessAccount: "1" }).setup?.setup({ url, commands: [] }, context)).toEqual([
      expect.stringContaining("WHATSAPP_VERIFY_TOKEN"),
    ]);
  });
});
