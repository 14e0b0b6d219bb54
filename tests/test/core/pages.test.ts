import { request as http, type ClientRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { fakePlatform } from "@devflow/conformance";
import { createGateway } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { memoryStore } from "@devflow/gateway/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { silent } from "./stores.ts";

const piece = new Uint8Array(65_536);

type Source = Partial<Record<"start" | "pull", (controller: ReadableStreamDefaultController<Uint8Array>) => void>>;

/** A server with one page, whose body is this source's, when it is `ready`. */
async function paged(source: Source, ready?: Promise<void>) {
  const cancelled: unknown[] = [];
  const site = {
    path: "/page",
    async fetch() {
      await ready;
      const cancel = (reason: unknown): void => void cancelled.push(reason);
      return new Response(new ReadableStream({ ...source, cancel }, { highWaterMark: 0 }));
    },
  };
  const gateway = createGateway({ adapters: [Object.assign(fakePlatform(), { site })], store: memoryStore(), log: silent });
  const serving = await serve(gateway, { port: 0, signals: false });
  onTestFinished(() => serving.close());
  const responses: ServerResponse[] = [];
  serving.server.prependListener("request", (_, response) => responses.push(response));
  const ask = (): ClientRequest =>
    http({ port: serving.port, host: "127.0.0.1", path: "/page", agent: false })
      .on("error", () => undefined)
      .end();
  const open = (): Promise<IncomingMessage> => new Promise((resolve) => ask().on("response", resolve));
  return { ask, open, cancelled, responses };
}

describe("a page that is streamed", () => {
  it("arrives whole, however often it waits for its reader, and leaves no listeners behind", async () => {
    let left = 40;
    let listeners = 0;
    const { open, cancelled, responses } = await paged({
      pull(controller) {
        listeners = Math.max(listeners, responses[0]?.listenerCount("close") ?? 0);
        if (left-- > 0) controller.enqueue(piece);
        else controller.close();
      },
    });
    let size = 0;
    for await (const part of await open()) size += (part as Buffer).byteLength;
    expect([size, cancelled]).toEqual([40 * piece.byteLength, []]);
    expect(listeners).toBeLessThan(10);
  });

  it("is cancelled when its reader leaves while it has nothing to say", async () => {
    const { open, cancelled } = await paged({ start: (controller) => controller.enqueue(piece) });
    const page = await open();
    await new Promise((resolve) => page.once("data", resolve));
    page.destroy();
    await expect.poll(() => cancelled.length).toBe(1);
  });

  it("is cancelled when its reader leaves while it waits for that reader", async () => {
    const { open, cancelled, responses } = await paged({ pull: (controller) => controller.enqueue(piece) });
    const page = await open();
    await expect.poll(() => responses[0]?.writableNeedDrain).toBe(true);
    page.destroy();
    await expect.poll(() => cancelled.length).toBe(1);
  });

  it("is cancelled when its reader has left before it began", async () => {
    let answer = (): void => {};
    const ready = new Promise<void>((resolve) => (answer = resolve));
    const { ask, cancelled, responses } = await paged({ start: (controller) => controller.enqueue(piece) }, ready);
    const request = ask();
    await expect.poll(() => responses.length).toBe(1);
    request.destroy();
    await expect.poll(() => responses[0]?.destroyed).toBe(true);
    answer();
    await expect.poll(() => cancelled.length).toBe(1);
  });
});
