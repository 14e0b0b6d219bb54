export { discord, type DiscordAdapter } from "./adapter.ts";
export type { DiscordOptions } from "./options.ts";
export type { DiscordDispatch } from "./wire/index.ts";
