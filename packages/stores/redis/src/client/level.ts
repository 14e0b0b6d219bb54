import type { Redis } from "ioredis";
import type { Store } from "@devflow/gateway/contract";

/** What acknowledged writes survive. */
export type Durable = Store["caps"]["durable"];

/** What a server keeps, and why not more. */
export interface Level {
  readonly durable: Durable;
  /** What is in the way of the next higher level, with the remedy; empty at the highest. */
  readonly reason: string;
  /** Why it cannot be used at all; empty when it can. */
  readonly unfit: string;
}

const ranks: Readonly<Record<Durable, number>> = { none: 0, process: 1, power: 2 };

/** Whether a level is at least the other. */
export function reaches(durable: Durable, wanted: Durable): boolean {
  return ranks[durable] >= ranks[wanted];
}

/** The level of the weakest of them. `replaceable`: somebody may put another server in their place. */
export async function levelOf(servers: readonly Redis[], replaceable: boolean): Promise<Level> {
  const levels = await Promise.all(servers.map((server) => levelOfOne(server, replaceable)));
  const [weakest = { durable: "none", reason: "no server was found", unfit: "" }] = levels.toSorted(
    (a, b) => Number(a.unfit === "") - Number(b.unfit === "") || ranks[a.durable] - ranks[b.durable],
  );
  return weakest;
}

async function levelOfOne(server: Redis, replaceable: boolean): Promise<Level> {
  const info = fieldsOf(await server.info());
  const unfit = unfitness(info);
  const level = (durable: Durable, reason: string): Level => ({ durable, reason, unfit });
  const policy = info.get("maxmemory_policy");
  if (policy !== "noeviction") {
    return level("none", `maxmemory-policy is ${policy}, so it may throw keys away; set it to noeviction`);
  }
  if (info.get("aof_enabled") !== "1") return level("none", "it keeps no log of what it does; set appendonly to yes");
  const config = await configOf(server);
  if (config === undefined) {
    return level("process", "it does not let us read its configuration, so whether it waits for the disk cannot be known");
  }
  if (config.get("appendfsync") !== "always") {
    return level(
      "process",
      `appendfsync is ${config.get("appendfsync")}, so a power cut costs what was not yet on the disk; set it to always`,
    );
  }
  if (config.get("no-appendfsync-on-rewrite") === "yes") {
    return level("process", "no-appendfsync-on-rewrite is yes, so it does not always wait for the disk; set it to no");
  }
  if (replaceable || Number(info.get("connected_slaves")) > 0) {
    return level("process", "a replica may take its place, and lack what was acknowledged last");
  }
  return level("power", "");
}

function unfitness(info: ReadonlyMap<string, string>): string {
  const valkey = info.get("valkey_version");
  const version = valkey ?? info.get("redis_version") ?? "0";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const old = valkey === undefined ? major < 7 : major < 7 || (major === 7 && minor < 2);
  if (old) return `version ${version} is too old: Redis 7.0 or Valkey 7.2 is needed`;
  return info.get("role") === "slave" ? "it is a replica and cannot be written to" : "";
}

/** Undefined where a provider or an access list does not allow it. */
async function configOf(server: Redis): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const flat = (await server.config("GET", "appendfsync", "no-appendfsync-on-rewrite")) as readonly string[];
    return new Map(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ""] as const] : [])));
  } catch (error) {
    if (error instanceof Error && error.name === "ReplyError") return undefined;
    throw error;
  }
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\r\n").flatMap((line) => {
      const at = line.indexOf(":");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}
