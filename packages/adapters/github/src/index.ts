export { github, type GithubAdapter } from "./adapter.ts";
export type { CheckReport, GithubOperations } from "./capability.ts";
export type { GithubOptions, Lookup } from "./options.ts";
export type { GithubObject, GithubPayload } from "./wire/index.ts";
