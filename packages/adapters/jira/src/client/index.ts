export { createClients, pageOf, type Clients } from "./clients.ts";
export { openFile } from "./open-file.ts";
export { issueFields, quoted, searchIssues } from "./search.ts";
export type { JiraClient, JiraServerClient } from "./sdk.ts";
