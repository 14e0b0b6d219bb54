import { createGateway } from "@devflow/gateway";
import { memoryStore } from "@devflow/gateway/memory";
import { serve } from "@devflow/gateway/node";
import { slack as slackAdapter } from "@devflow/slack";
import { sqliteStore } from "@devflow/sqlite";
import { Meter, readSetup } from "./control.ts";
import { answerTo, slack } from "./protocol.ts";

const { mode, store, file, apiUrl, routes } = readSetup();
const meter = new Meter();

const gateway = createGateway({
  adapters: [slackAdapter({ token: slack.botToken, signingSecret: slack.signingSecret, apiUrl })],
  store: store === "sqlite" ? sqliteStore({ file }) : memoryStore(),
  // Slack's own limits would stretch the run over hours: the buckets stay, and are asked, but are large.
  limits: (_, defaults) => defaults.map((bucket) => ({ ...bucket, rate: bucket.rate * 1e6, burst: bucket.burst * 1e6 })),
});
for (let index = 1; index < routes; index += 1) {
  gateway.on("message.created", { room: `C0OTHER${index}` }, () => {});
}
gateway.on("message.created", { addressed: true }, async (c) => {
  if (mode === "reply") await c.reply(answerTo(c.message.text));
  meter.hit();
});

const { port } = await serve(gateway, { port: 0, host: "127.0.0.1", signals: false });
meter.answer(port, () => gateway.drain());
