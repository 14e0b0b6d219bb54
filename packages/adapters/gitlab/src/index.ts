export { gitlab, type GitlabAdapter } from "./adapter.ts";
export type { GitlabOperations } from "./capability.ts";
export type { GitlabAccount, GitlabOptions, Lookup } from "./options.ts";
export type { GitlabObject, GitlabPayload, GitlabProject, GitlabUser } from "./wire/index.ts";
