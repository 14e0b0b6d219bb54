export type { Engine, EngineOptions } from "./engine.ts";
export { freePort } from "./port.ts";
export { postgresMissing, startPostgres } from "./postgres.ts";
export { redisMissing, startRedis } from "./redis.ts";
