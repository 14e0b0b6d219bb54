import type { loopDisk } from "@devflow/conformance";
import { startRedis, type Engine } from "@devflow/conformance/engines";
import { Redis } from "ioredis";

type Disks = ReturnType<typeof loopDisk>;

/** Small disks with a server on each. */
export interface EngineDisks extends Disks {
  /** The server on the disk with that place; undefined for places elsewhere. */
  urlAt(place: string): string | undefined;
  engineAt(place: string): Engine;
}

export function engineDisks(disks: Disks, settings: Readonly<Record<string, string>>): EngineDisks {
  const engines = new Map<string, Engine>();
  return {
    missing: disks.missing,
    urlAt: (place) => engines.get(place)?.url(),
    engineAt: (place) => engines.get(place) as Engine,
    async make(options) {
      const disk = await disks.make(options);
      const engine = await startRedis({ place: disk.place, settings });
      engines.set(disk.place, engine);
      return {
        ...disk,
        async free() {
          await disk.free();
          await writable(engine);
        },
        async restore() {
          // Nothing may have a file open there, if it still lives at all.
          await engine.kill();
          await disk.restore();
          await engine.start();
        },
        async remove() {
          await engine.remove();
          await disk.remove();
        },
      };
    },
  };
}

/** Waits until the server has noticed that it can write again. */
async function writable(engine: Engine): Promise<void> {
  const client = new Redis(engine.url());
  while (!(await client.info("persistence").catch(() => "")).includes("aof_last_write_status:ok")) {
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  client.disconnect();
}
