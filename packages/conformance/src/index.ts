export * from "./adapter/index.ts";
export * from "./fakes/index.ts";
