export type { PostgresConnection, PostgresPool, PostgresStoreOptions } from "./options.ts";
export { postgresStore } from "./store.ts";
