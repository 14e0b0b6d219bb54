export { telegram, type TelegramAdapter } from "./adapter.ts";
export type { TelegramOperations } from "./capability.ts";
export type { TelegramOptions } from "./options.ts";
export type { TelegramBody, TelegramCall, TelegramUpdate } from "./wire/index.ts";
