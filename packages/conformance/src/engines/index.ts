export { freePort } from "./port.ts";
export { postgresMissing, startPostgres, type PostgresEngine, type PostgresEngineOptions } from "./postgres.ts";
export { redisMissing, startRedis, type RedisEngine, type RedisEngineOptions } from "./redis.ts";
