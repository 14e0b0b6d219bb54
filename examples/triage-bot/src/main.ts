import { createGateway, type Adapter } from "@devflow/gateway";
import { serve } from "@devflow/gateway/node";
import { github } from "@devflow/github";
import { gitlab } from "@devflow/gitlab";
import { jira } from "@devflow/jira";
import { slack } from "@devflow/slack";
import { sqliteStore } from "@devflow/sqlite";
import { addTriage } from "./triage.ts";

const { env } = process;
const list = (name: string): readonly string[] => env[name]?.split(/[\s,]+/) ?? [];
// Each platform is there as soon as its credentials are.
const adapters: readonly Adapter[] = [
  ...(env["SLACK_BOT_TOKEN"] ? [slack()] : []),
  ...(env["GITHUB_APP_ID"] ? [github()] : env["GITHUB_TOKEN"] ? [github({ webhooks: list("GITHUB_REPOSITORIES") })] : []),
  ...(env["GITLAB_TOKEN"] ? [gitlab({ projects: list("GITLAB_PROJECTS") })] : []),
  ...(env["JIRA_TOKEN"] && env["JIRA_API_URL"] ? [jira({ apiUrl: env["JIRA_API_URL"] })] : []),
];

const gateway = createGateway({ adapters, store: sqliteStore({ file: env["DEVFLOW_DB"] ?? ".devflow/triage-bot.db" }) });
addTriage(gateway);

const { port } = await serve(gateway, { port: Number(env["PORT"] ?? 3000) });
const url = env["PUBLIC_URL"];
if (url !== undefined) for (const line of await gateway.setup({ url })) console.log(line);
console.log(`Triage bot: http://localhost:${port}/webhooks/{${adapters.map(({ platform }) => platform).join(",")}}`);
