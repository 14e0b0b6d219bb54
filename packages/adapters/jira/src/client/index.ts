export { createClients, pageOf, type Clients } from "./clients.ts";
export type { JiraClient, JiraServerClient } from "./sdk.ts";
