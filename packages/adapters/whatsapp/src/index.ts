export { whatsapp, type WhatsAppAdapter } from "./adapter.ts";
export type { WhatsAppOperations } from "./capability.ts";
export type { Lookup, Template, WhatsAppOptions } from "./options.ts";
export type { WhatsAppBody, WhatsAppCall, WhatsAppChange } from "./wire/index.ts";
