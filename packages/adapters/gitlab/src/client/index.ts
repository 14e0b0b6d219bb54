export { createClients, type Clients } from "./clients.ts";
export { openFile } from "./files.ts";
