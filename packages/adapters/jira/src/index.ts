export { jira, type JiraAdapter } from "./adapter.ts";
export type { JiraOperations } from "./capability.ts";
export type { JiraClient, JiraServerClient } from "./client/index.ts";
export type { Deployment, JiraAccount, JiraOptions, JiraSender, Lookup } from "./options.ts";
