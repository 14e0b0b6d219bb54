import { createGateway, type Address } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { github } from "@devflow/github";
import { slack } from "@devflow/slack";
import { sqliteStore } from "@devflow/sqlite";
import { web } from "@devflow/web";
import { addDeployBot } from "./bot.ts";

const { env } = process;
const repositories = (env["DEPLOY_REPOSITORIES"] ?? "octo/api").split(/[\s,]+/);
const account = env["GITHUB_INSTALLATION"] ?? "default";
const services = new Map(
  repositories.map((room): [string, Address] => [room.replace(/^.*\//, ""), { platform: "github", account, room }]),
);

const gateway = createGateway({
  // An App has one webhook for all; with a token each repository gets one.
  adapters: [
    github(env["GITHUB_APP_ID"] ? {} : { webhooks: repositories }),
    web({ title: "Deploy bot" }),
    ...(env["SLACK_BOT_TOKEN"] ? [slack()] : []),
  ],
  store: sqliteStore({ file: env["DEVFLOW_DB"] ?? ".devflow/deploy-bot.db" }),
});
addDeployBot(gateway, services);
gateway.on("web:member.joined", (c) => c.reply(`Type \`/deploy ${[...services.keys()][0]} production\`.`));

const { port } = await serve(gateway, { port: Number(env["PORT"] ?? 3000) });
// Where GitHub reaches us: our tunnel or proxy. Without it, set the webhook by hand.
const url = env["PUBLIC_URL"];
if (url !== undefined) for (const line of await gateway.setup({ url })) console.log(line);
console.log(`Deploy bot: http://localhost:${port}/chat`);
