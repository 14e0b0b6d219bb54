export { fields, present, type Answer, type Args } from "./answer.ts";
export { createClients, type Clients } from "./clients.ts";
