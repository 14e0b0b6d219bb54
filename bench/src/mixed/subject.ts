import { createGateway } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { github } from "@devflow/github";
import { gitlab } from "@devflow/gitlab";
import { jira } from "@devflow/jira";
import { slack as slackAdapter } from "@devflow/slack";
import { sqliteStore } from "@devflow/sqlite";
import { Meter, readSetup } from "../subjects/control.ts";
import { slack } from "../subjects/protocol.ts";
import { webhookSecret } from "./webhooks.ts";

const { file, apiUrl } = readSetup();
const meter = new Meter();
const site = new URL("/", apiUrl).href;

const gateway = createGateway({
  adapters: [
    slackAdapter({ token: slack.botToken, signingSecret: slack.signingSecret, apiUrl }),
    github({ token: "github-token", webhookSecret, apiUrl: `${site}github` }),
    gitlab({ token: "gitlab-token", webhookSecret, apiUrl: `${site}gitlab`, actsAs: "bot", sweepMs: 0 }),
    jira({
      email: "bot@example.com",
      token: "jira-token",
      webhookSecret,
      apiUrl: `${site}jira`,
      deployment: "cloud",
      actsAs: "bot",
    }),
  ],
  store: sqliteStore({ file }),
});
gateway.on("message.created", () => meter.hit());

const { port } = await serve(gateway, { port: 0, host: "127.0.0.1", signals: false });
meter.answer(port, () => gateway.drain());
