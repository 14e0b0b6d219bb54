import { createGateway, type Store } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { slack as slackAdapter } from "@devflow/slack";
import { answerTo, slack } from "../subjects/protocol.ts";

/** How one process of several is set up. Comes as JSON in the first argument. */
export interface NodeSetup {
  /** Address of the engine that all of them share. */
  readonly url: string;
  readonly apiUrl: string;
  /** How long a handler waits, as for a model or a database. */
  readonly handlerMs: number;
  readonly concurrency: number;
}

/** What a process has spent since it began. */
export interface NodeSpent {
  readonly cpuUs: number;
  readonly rssBytes: number;
}

const { url, apiUrl, handlerMs, concurrency } = JSON.parse(process.argv[2] ?? "{}") as NodeSetup;

async function openStore(): Promise<Store> {
  if (url.startsWith("redis")) return (await import("@devflow/redis")).redisStore({ url });
  return (await import("@devflow/postgres")).postgresStore({ url });
}

const gateway = createGateway({
  adapters: [slackAdapter({ token: slack.botToken, signingSecret: slack.signingSecret, apiUrl })],
  store: await openStore(),
  inbox: { concurrency },
  limits: (_, defaults) => defaults.map((bucket) => ({ ...bucket, rate: bucket.rate * 1e6, burst: bucket.burst * 1e6 })),
});
gateway.on("message.created", { addressed: true }, async (c) => {
  if (handlerMs > 0) await new Promise((resolve) => setTimeout(resolve, handlerMs));
  await c.reply(answerTo(c.message.text));
});

const { port } = await serve(gateway, { port: 0, host: "127.0.0.1", signals: false });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system, rssBytes: process.memoryUsage.rss() } satisfies NodeSpent);
});
process.on("disconnect", () => process.exit(0));
process.send?.({ type: "ready", port });
