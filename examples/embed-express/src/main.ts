import { createGateway } from "@devflow/gateway";
import { listener } from "@devflow/gateway/node";
import { slack } from "@devflow/slack";
import { LogLevel, WebClient } from "@slack/web-api";
import express from "express";

// What the application has already: a server of its own, and a Slack client of its own. The gateway sets the pace and tries again,
// so the client must not: by itself it would hold back all channels for one that is asked to wait.
const app = express();
const client = new WebClient(process.env["SLACK_BOT_TOKEN"], {
  slackApiUrl: process.env["SLACK_API_URL"] ?? "https://slack.com/api/",
  logLevel: LogLevel.ERROR,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
});

const gateway = createGateway({ adapters: [slack({ client })] });
gateway.command("deploy", async (c) => {
  await c.reply(`Deploying \`${c.event.args}\` for ${c.actor.name ?? c.actor.id}.`);
});
gateway.on("message.created", { addressed: true }, async (c) => {
  await c.reply(`You said: **${c.message.text}**`);
});

// Before any body parser: signatures are made of the exact bytes.
app.use(listener(gateway));
app.use(express.json());
app.get("/", (_request, response) => void response.send("The application's own page"));

await gateway.start();
const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`Listening at http://localhost:${typeof address === "object" ? address?.port : address}`);
});
process.once("SIGTERM", () => server.close(() => void gateway.stop()));
