import { setTimeout as sleep } from "node:timers/promises";
import { createGateway } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { http } from "@devflow/http";
import { postgresStore } from "@devflow/postgres";
import { redisStore } from "@devflow/redis";

// The same program on every machine; the store is what they share.
const { STORE_URL: url = "", CHAT_URL = "", PORT = "3000" } = process.env;
const store = url.startsWith("redis:") ? redisStore({ url }) : postgresStore({ url });

// CHAT_WEBHOOK_SECRET proves what comes in, CHAT_ENDPOINT_SECRET signs what goes out.
const endpoints = { main: { url: CHAT_URL, perSecond: 1000 } };
const chat = http({ platform: "chat", subject: "room", id: "id", endpoints });

// How soon another takes over what a dead process had in hand. 30 seconds unless set.
const leaseMs = 2000;
const gateway = createGateway({ adapters: [chat], store, inbox: { leaseMs }, outbox: { leaseMs } });

gateway.on("chat:platform.event", { type: "message" }, async (c) => {
  const { text } = c.event.raw as { readonly text: string };
  await sleep(50); // something takes its time
  await c.reply(`${text}, says ${process.pid}`);
});

const { port } = await serve(gateway, { port: Number(PORT) });
console.log(`Listening at http://localhost:${port}/webhooks/chat`);
