import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP relay on this machine that can be made to fail. It stands between a store and its engine. */
export interface FaultProxy {
  /** Where the store connects, on 127.0.0.1. */
  readonly port: number;
  /** Connections that are open. */
  readonly connections: number;
  /** Takes every fault away. Connections that were lost stay lost. */
  heal(): void;
  /** Holds everything back that arrives from now on, either way, for so long. */
  delay(ms: number): void;
  /** Breaks the one connection over which the next so many bytes have gone that way; once. `toStore` and 0: the reply is lost. */
  cut(way: "toStore" | "toEngine", afterBytes: number): void;
  /** Breaks every connection and takes no new one. */
  refuse(): void;
  /** Nothing moves, and nobody is told; new connections are taken and get no answer. Goes on where it stopped once healed. */
  stall(): void;
  /** As a line whose far end is gone: what is sent on the connections of now gets lost for good, without a word. */
  vanish(): void;
  close(): Promise<void>;
}

/** Starts a {@link FaultProxy} before a port of this machine. */
export async function faultProxy(target: number): Promise<FaultProxy> {
  let mode: "pass" | "refuse" | "stall" = "pass";
  let delayMs = 0;
  let cut: { readonly way: "toStore" | "toEngine"; left: number } | undefined;
  const pairs = new Set<Pair>();

  const server = createServer({ allowHalfOpen: false }, (store) => {
    if (mode === "refuse") return void store.destroy();
    const pair: Pair = { store, engine: connect(target, "127.0.0.1"), gone: false };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      if (pair.gone) return;
      store.destroy();
      pair.engine.destroy();
    };
    const relay = (from: Socket, to: Socket, way: "toStore" | "toEngine"): void => {
      from.on("data", (bytes: Buffer) => {
        if (pair.gone) return;
        if (cut?.way === way && (cut.left -= bytes.length) <= 0) {
          const rest = bytes.length + cut.left;
          cut = undefined;
          if (rest > 0) to.write(bytes.subarray(0, rest));
          return end();
        }
        if (delayMs === 0) to.write(bytes);
        else setTimeout(() => void (pair.gone || to.destroyed || to.write(bytes)), delayMs);
      });
      from.on("error", end);
      from.on("close", end);
    };
    relay(store, pair.engine, "toEngine");
    relay(pair.engine, store, "toStore");
    if (mode === "stall") hold(pair);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return pairs.size;
    },
    heal() {
      mode = "pass";
      delayMs = 0;
      cut = undefined;
      for (const { store, engine } of pairs) {
        store.resume();
        engine.resume();
      }
    },
    delay: (ms) => void (delayMs = ms),
    cut: (way, afterBytes) => void (cut = { way, left: afterBytes }),
    refuse() {
      mode = "refuse";
      for (const pair of pairs) breakOff(pair);
    },
    stall() {
      mode = "stall";
      for (const pair of pairs) hold(pair);
    },
    vanish() {
      for (const pair of pairs) {
        pair.gone = true;
        pair.engine.destroy();
      }
    },
    async close() {
      const closed = new Promise((resolve) => void server.close(resolve));
      for (const pair of pairs) breakOff(pair);
      await closed;
    },
  };
}

interface Pair {
  readonly store: Socket;
  readonly engine: Socket;
  /** The far end is gone, and the near end does not know. */
  gone: boolean;
}

function hold({ store, engine }: Pair): void {
  store.pause();
  engine.pause();
}

function breakOff(pair: Pair): void {
  pair.gone = false;
  pair.store.destroy();
  pair.engine.destroy();
}
