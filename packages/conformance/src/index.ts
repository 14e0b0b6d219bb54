export * from "./adapter/index.ts";
export * from "./fakes/index.ts";
export * from "./store/index.ts";
