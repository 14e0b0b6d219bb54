import type { AdapterContext, Sink } from "@devflow/gateway/contract";
import { isObject } from "@devflow/gateway/kit";
import type { Client } from "discord.js";
import type { Clients } from "../client/index.ts";
import type { Settings } from "../options.ts";
import { number } from "../wire/index.ts";
import { createIntake } from "./intake.ts";

/** A line that a bot of yours holds already. */
export interface Embedded {
  readonly client: Client;
  readonly account: string;
  readonly settings: Settings;
  readonly clients: Clients;
  readonly sink: Sink;
  readonly context: AdapterContext;
  readonly up: () => void;
}

/**
 * Listens to what a client receives, beside the handlers that it has. Its session is its own: what comes while the store
 * cannot take it is not sent again, so it is said aloud and the line is taken up anew.
 */
export async function listen({ client, up, ...rest }: Embedded): Promise<void> {
  const { signal } = rest.context;
  if (signal.aborted) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const intake = createIntake({ ...rest, durable: async () => {}, failed: reject });
  const raw = (packet: unknown, shard: unknown): void => {
    if (!isObject(packet) || typeof packet["t"] !== "string") return;
    const { t, d, s } = packet;
    const dispatch = { t, s, d };
    const session = `${client.readyTimestamp ?? 0}/${String(shard)}`;
    intake.put({ dispatch, body: JSON.stringify(dispatch), session, seq: number(s) ?? 0 });
  };
  const stop = (): void => resolve();
  signal.addEventListener("abort", stop, { once: true });
  // Packets as they come are an event of the client's that its types do not name.
  const events = client as unknown as NodeJS.EventEmitter;
  events.on("raw", raw);
  if (client.isReady()) up();
  else events.once("clientReady", up);
  try {
    await promise;
    await intake.idle();
  } finally {
    signal.removeEventListener("abort", stop);
    events.off("raw", raw);
    events.off("clientReady", up);
  }
}
