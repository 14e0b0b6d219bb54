export { toy } from "./adapter.ts";
export type { ToyClient } from "./client.ts";
export type { ToyOptions } from "./options.ts";
export type { ToyPayload } from "./wire.ts";
