export { createClients, makeClient, type Answer, type Clients } from "./clients.ts";
export { openFile } from "./open-file.ts";
