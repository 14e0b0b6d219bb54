import type { Cluster, Redis, RedisOptions } from "ioredis";

/** A connection as ioredis keeps it: to one server, to whichever server the sentinels name, or to a cluster. */
export type Connection = Redis | Cluster;

/** Where the server is: its address, or a client whose settings are taken over. */
export interface Target {
  readonly url: string;
  readonly client: Connection | undefined;
  /** For the server's list of clients. */
  readonly name: string;
}

const retryMs = (times: number): number => Math.min(50 * 2 ** Math.min(times, 5), 1_000);

/**
 * Makes a connection that comes back by itself, keeps nothing to itself while it is gone, and sends nothing twice; it connects
 * when told to.
 */
export async function dial({ url, client, name }: Target): Promise<Connection> {
  const settings = {
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    connectTimeout: 2_000,
    connectionName: name,
    disconnectTimeout: 500,
    keyPrefix: "",
    maxLoadingRetryTime: 500,
    maxRetriesPerRequest: 0,
  } as const satisfies RedisOptions;
  const alone = {
    ...settings,
    enableOfflineQueue: false,
    enableReadyCheck: true,
    lazyConnect: true,
    // After a failover the old server says so; the new one is found by connecting again.
    reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
    retryStrategy: retryMs,
  };
  if (client === undefined) {
    const { Redis: Client } = await import("ioredis");
    return new Client(url, alone);
  }
  if (!client.isCluster) return (client as Redis).duplicate(alone);
  return (client as Cluster).duplicate([], {
    clusterRetryStrategy: retryMs,
    enableOfflineQueue: false,
    keyPrefix: "",
    lazyConnect: true,
    redisOptions: settings,
    retryDelayOnFailover: 0,
  });
}

/** What the names of a client's keys begin with. */
export function keyPrefixOf(client: Connection | undefined): string {
  return client?.options.keyPrefix ?? "";
}

/** Whether sentinels choose the server. */
export function hasSentinels(connection: Connection): boolean {
  return !connection.isCluster && ((connection as Redis).options.sentinels?.length ?? 0) > 0;
}

/** The servers that write. */
export function mastersOf(connection: Connection): readonly Redis[] {
  return connection.isCluster ? (connection as Cluster).nodes("master") : [connection as Redis];
}
