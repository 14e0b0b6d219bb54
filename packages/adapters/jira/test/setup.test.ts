import { describe, expect, it } from "vitest";
import { jira, type JiraOptions } from "../src/index.ts";
import { site, world } from "./support/index.ts";

interface Asked {
  readonly call: string;
  readonly body: unknown;
}

/** A desk that remembers what setup asks for, and answers from a list by method. */
function bench(answers: Readonly<Record<string, unknown>>, status = 200) {
  const asked: Asked[] = [];
  const context = world({
    fetch: async (input, init) => {
      const method = init?.method ?? "GET";
      asked.push({
        call: `${method} ${(input as string).replace(site, "")}`,
        body: typeof init?.body === "string" ? (JSON.parse(init.body) as unknown) : undefined,
      });
      return new Response(JSON.stringify(answers[method] ?? {}), { status });
    },
  });
  const setup = async (options: JiraOptions = {}, url: string | undefined = "https://bot.example/") =>
    await jira(options).setup?.setup({ commands: [], ...(url !== "" && { url }) }, context);
  return { asked, context, setup };
}

const hook = "https://bot.example/webhooks/jira";

describe("an administrator's webhook", () => {
  it("is made once, with the secret, and left alone after that", async () => {
    const made = bench({ GET: [{ url: "https://other.example", self: `${site}/rest/webhooks/1.0/webhook/1` }] });
    expect(await made.setup()).toEqual([`Set the webhook to ${hook}, with 23 kinds of event.`]);
    expect(made.asked.map(({ call }) => call)).toEqual(["GET /rest/webhooks/1.0/webhook", "POST /rest/webhooks/1.0/webhook"]);
    const body = made.asked[1]?.body as { readonly events: readonly string[] };
    expect(body).toMatchObject({ url: hook, secret: "It's a Secret to Everybody", filters: {} });
    const again = bench({ GET: [{ url: hook, events: body.events, self: `${site}/rest/webhooks/1.0/webhook/7` }] });
    expect(await again.setup()).toEqual([`Set the webhook to ${hook}, with 23 kinds of event.`]);
    expect(again.asked[1]?.call).toBe("PUT /rest/webhooks/1.0/webhook/7");
    expect(await again.setup()).toEqual([`The webhook is ${hook} already.`]);
    expect(again.asked).toHaveLength(3);
  });

  it("is explained where the user is no administrator, or Jira is a Data Center", async () => {
    const cloud = await bench({}, 403).setup();
    expect(cloud?.join(" ")).toMatch(new RegExp(`On Cloud.*URL ${hook}.*JIRA_WEBHOOK_SECRET`));
    const server = bench({});
    expect((await server.setup({ apiUrl: "https://jira.acme.com" }))?.join(" ")).toMatch(/On Data Center/);
    expect(server.asked).toEqual([]);
  });

  it("needs a secret and an address", async () => {
    const { setup, context } = bench({});
    expect(await setup({}, "")).toEqual(["A webhook needs a public address."]);
    const bare = { ...context, secret: (name: string) => (name === "TOKEN" ? context.secret(name) : undefined) };
    await expect(jira().setup?.setup({ url: "https://bot.example", commands: [] }, bare)).rejects.toMatchObject({
      code: "secret.missing",
    });
  });
});

describe("the webhook of an OAuth app", () => {
  const options = { apiUrl: site, accessToken: "oauth-token", webhookJql: "project = APP" };
  const day = 86_400_000;

  it("is registered for its JQL", async () => {
    const { asked, setup } = bench({
      GET: { values: [{ id: 1, jqlFilter: "project = OTHER" }] },
      POST: { webhookRegistrationResult: [{ createdWebhookId: 7 }] },
    });
    expect((await setup(options))?.join()).toMatch(/for thirty days/);
    expect(asked[1]).toMatchObject({
      call: "POST /rest/api/3/webhook",
      body: { url: hook, webhooks: [{ jqlFilter: "project = APP" }] },
    });
  });

  it("is prolonged when it ends soon, and else left alone", async () => {
    const at = (days: number) =>
      bench({ GET: { values: [{ id: 7, jqlFilter: "project = APP", expirationDate: Date.UTC(2026, 0, 1) + days * day }] } });
    const soon = at(10);
    expect((await soon.setup(options))?.join()).toMatch(/Prolonged/);
    expect(soon.asked[1]).toEqual({ call: "PUT /rest/api/3/webhook/refresh", body: { webhookIds: [7] } });
    const later = at(20);
    expect(await later.setup(options)).toEqual([`The webhook is ${hook} already.`]);
    expect(later.asked).toHaveLength(1);
  });

  it("says what Jira says, and what it lacks", async () => {
    const { setup } = bench({
      GET: { values: [] },
      POST: { webhookRegistrationResult: [{ errors: ["The clause watchCount is unsupported"] }] },
    });
    expect((await setup(options))?.join()).toMatch(/refuses the webhook: The clause watchCount/);
    expect((await setup({ apiUrl: site, accessToken: "oauth-token" }))?.join()).toMatch(/needs the option `webhookJql`/);
  });
});
