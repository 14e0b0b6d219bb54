import { chown, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { loopDisk, type StoreSuiteOptions } from "@devflow/conformance";
import { startPostgres, type Engine } from "@devflow/conformance/engines";
import { sql } from "./server.ts";

type DiskMaker = NonNullable<StoreSuiteOptions["disk"]>;

/** A server for one disk, and how a store on it is reached. */
export interface DiskServer {
  readonly engine: Engine;
  readonly url: string;
}

/**
 * Disks with a server each. One whose power is cut holds the whole cluster. One that is filled holds the tables alone: a server
 * that cannot write its log ends, and there would be nobody left to answer.
 */
export function serverDisk(servers: Map<string, DiskServer>): DiskMaker {
  const loop = loopDisk();
  return {
    missing: loop.missing,
    async make({ megabytes, purpose }) {
      const disk = await loop.make({ megabytes: Math.max(megabytes, purpose === "cut" ? 200 : 0), purpose });
      const engine = await startPostgres(purpose === "cut" ? { place: disk.place } : {});
      const table = purpose === "fill" ? `?options=${encodeURIComponent("-c default_tablespace=small")}` : "";
      if (purpose === "fill") {
        const { uid, gid } = await stat(engine.folder);
        const space = join(disk.place, "space");
        await mkdir(space);
        await chown(disk.place, uid, gid);
        await chown(space, uid, gid);
        await sql(engine.url(), `CREATE TABLESPACE small LOCATION '${space}'`);
      }
      servers.set(disk.place, { engine, url: engine.url() + table });
      return {
        ...disk,
        async cut() {
          await disk.cut();
          await engine.kill();
        },
        async restore() {
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
