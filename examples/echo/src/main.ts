import { createGateway } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { slack } from "@devflow/slack";
import { sqliteStore } from "@devflow/sqlite";
import { telegram } from "@devflow/telegram";

const store = sqliteStore({ file: process.env["DEVFLOW_DB"] ?? ".devflow/gateway.db" });
const gateway = createGateway({ adapters: [slack(), telegram()], store });

gateway.on("message.created", { addressed: true }, async (c) => {
  await c.reply(`You said: **${c.message.text}**`);
});

const { port } = await serve(gateway, { port: Number(process.env["PORT"] ?? 3000) });
console.log(`Listening for webhooks at http://localhost:${port}/webhooks/slack and /webhooks/telegram`);
