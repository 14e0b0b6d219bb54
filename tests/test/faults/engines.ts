import { postgresMissing, redisMissing, startPostgres, startRedis } from "@devflow/conformance/engines";

/** A server that gateways share, and that can be killed. */
export interface Engine {
  readonly port: number;
  url(port?: number): string;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** The engines that tests start themselves; `missing` says why this machine cannot. */
export const engines: readonly { readonly name: string; readonly missing: string | undefined; start(): Promise<Engine> }[] = [
  { name: "Postgres", missing: postgresMissing(), start: () => startPostgres() },
  { name: "Redis", missing: redisMissing(), start: () => startRedis() },
];
