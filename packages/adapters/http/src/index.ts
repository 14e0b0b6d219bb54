export { http, type HttpAdapter } from "./adapter.ts";
export type { HttpOperations } from "./capability.ts";
export type { HttpClient, HttpPost } from "./client.ts";
export type { HttpEndpoint, HttpOptions, HttpPick, HttpSignature } from "./options.ts";
export { forward, type Forwarding } from "./send.ts";
export type { HttpMessage, HttpPayload } from "./wire.ts";
