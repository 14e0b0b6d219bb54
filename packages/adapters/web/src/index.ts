export { web, type WebAdapter } from "./adapter.ts";
export type { WebClient } from "./client/index.ts";
export type { WebOptions } from "./options.ts";
export type { WebFile, WebInput, WebRecord } from "./wire.ts";
