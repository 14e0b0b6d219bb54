import type { Observation } from "@devflow/gateway/contract";
import { createGateway } from "@devflow/gateway";
import { afterEach, expect, it } from "vitest";
import { discord } from "../src/index.ts";
import { gatewayServer, type GatewayServer } from "./support/gateway-server.ts";
import { ada, application, idAt, interaction, message, publicKey, room, signed, token, us } from "./support/index.ts";

let server: GatewayServer;
afterEach(async () => await server.close());

it("speaks through a whole gateway: a message over the line, a button over HTTP, a form and a stream in answer", async () => {
  server = await gatewayServer();
  const steps: Observation[] = [];
  const checks = new Set<() => void>();
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (condition()) resolve();
      };
      checks.add(check);
      check();
    });
  const sent = (kind: string): number => steps.filter((one) => one.step === "operation.sent" && one.kind === kind).length;
  const gateway = createGateway({
    adapters: [discord({ token, publicKey, apiUrl: server.url })],
    observe: (step) => {
      steps.push(step);
      for (const check of checks) check();
    },
  });
  const value = "all of what the button means ".repeat(10);
  const told: unknown[] = [];
  gateway.on("message.created", { addressed: true }, async (c) => {
    const actions = { type: "actions", items: [{ kind: "button", id: "tell", label: "Tell", value }] } as const;
    await c.reply([
      { type: "paragraph", children: [{ type: "strong", children: [{ type: "text", value: c.message.text }] }] },
      actions,
    ]);
  });
  gateway.action("tell", async (c) => {
    told.push(c.event.value);
    const form = { id: "why", title: "Why?", fields: [{ id: "note", label: "Note", kind: "text" }] } as const;
    await c.do({ kind: "form.open", trigger: c.event.trigger ?? "", form });
  });
  gateway.on("form.submitted", async (c) => {
    await c.reply(`You said ${String(c.event.values["note"])}`);
  });

  await gateway.start();
  await server.when(() => server.count(2) === 1);
  server.dispatch("MESSAGE_CREATE", message({ content: "a_b", mentions: [us] }));
  await until(() => sent("message.post") === 1);
  const post = server.calls.find(({ url }) => url.endsWith(`/channels/${room.room}/messages`));
  expect(post?.body).toMatchObject({ content: "**a\\_b**", enforce_nonce: true, allowed_mentions: { parse: [] } });
  const short = /"custom_id":"([^"]+)"/.exec(JSON.stringify(post?.body))?.[1];

  const over = async (payload: object): Promise<number> => {
    const { body, headers } = signed(JSON.stringify(payload), Date.now());
    const request = new Request("http://bot.example/webhooks/discord", { method: "POST", headers, body });
    return (await gateway.fetch(request)).status;
  };
  const press = interaction(3, { custom_id: short }, { id: idAt(Date.now(), 1), message: message({ author: us }) });
  expect(await over(press)).toBe(202);
  await until(() => sent("form.open") === 1);
  expect(server.calls.at(-1)).toMatchObject({ body: { type: 9, data: { custom_id: "why" } } });
  expect(told).toEqual([value]);
  expect(await over(press)).toBe(401);

  const components = [{ type: 18, component: { type: 4, custom_id: "note", value: "so" } }];
  expect(await over(interaction(5, { custom_id: "why", components }, { id: idAt(Date.now(), 2), member: { user: ada } }))).toBe(
    202,
  );
  await until(() => sent("message.post") === 2);
  expect(server.calls.at(-1)).toMatchObject({ body: { type: 4, data: { content: "You said so" } } });
  await gateway.stop();

  expect(steps.filter(({ level }) => level === "error")).toEqual([]);
  expect(JSON.stringify(steps)).not.toContain(token);
  expect(JSON.stringify(steps)).not.toContain("canary_token");
  expect(application).toBe(room.account);
}, 30_000);
