import type { Observation } from "@devflow/gateway/contract";
import { createGateway } from "@devflow/gateway";
import { describe, expect, it } from "vitest";
import { telegram } from "../src/index.ts";
import { token } from "./support/api.ts";
import { corpora, judge } from "./support/judge.ts";
import { ada, message, privateChat, us } from "./support/updates.ts";

const missing = "needs DEVFLOW_CORPORA, the folder with telegram-judge.mjs";

describe.skipIf(!corpora)(`a gateway on the published Bot API (${missing})`, () => {
  it("polls a message, answers with a button, and streams an answer to its press", async () => {
    await using bench = await judge(corpora ?? "");
    const steps: Observation[] = [];
    const checks = new Set<() => void>();
    /** Resolves once an operation of that kind was sent. */
    const sent = (kind: string): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (steps.some((one) => one.step === "operation.sent" && one.kind === kind)) resolve();
        };
        checks.add(check);
        check();
      });
    const gateway = createGateway({
      adapters: [telegram({ token, apiUrl: bench.url })],
      observe: (step) => {
        steps.push(step);
        for (const check of checks) check();
      },
    });
    const value = "all of what the button means ".repeat(10);
    gateway.on("message.created", { addressed: true }, async (c) => {
      const actions = { type: "actions", items: [{ kind: "button", id: "tell", label: "Tell", value }] } as const;
      const text = { type: "strong", children: [{ type: "text", value: c.message.text }] } as const;
      await c.reply([{ type: "paragraph", children: [text] }, actions]);
    });
    gateway.action("tell", async (c) => {
      const told = c.event.value;
      await c.reply(
        (async function* () {
          yield "Once ";
          await sent("stream.begin");
          yield `**upon** a time: ${told}`;
        })(),
      );
    });

    await gateway.start();
    await bench.inject({ message: message({ chat: privateChat, text: "a < b" }) });
    await sent("message.post");
    const [post] = (await bench.log()).filter(({ method }) => method === "sendMessage");
    expect(post?.body).toMatchObject({ chat_id: 42, text: "<b>a &lt; b</b>", parse_mode: "HTML" });

    const data = /"callback_data":"([^"]+)"/.exec(JSON.stringify(post))?.[1];
    const pressed = message({ chat: privateChat, from: us, message_id: 101 });
    await bench.inject({ callback_query: { id: "q1", from: ada, chat_instance: "c", message: pressed, data } });
    await sent("stream.end");
    await gateway.stop();

    const calls = await bench.log();
    expect(calls.filter(({ errs }) => errs.length > 0)).toEqual([]);
    expect(calls.map(({ method }) => method)).toEqual(expect.arrayContaining(["answerCallbackQuery", "sendMessageDraft"]));
    const last = calls.findLast(({ method }) => method === "sendMessage");
    expect(last?.body.text).toBe(`Once <b>upon</b> a time: ${value.trim()}`);
    expect(JSON.stringify(steps)).not.toContain(token);
  }, 30_000);
});
