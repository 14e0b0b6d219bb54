import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { loopDisk, storeSuite } from "@devflow/conformance";
import { describe, it } from "vitest";
import { sqliteStore } from "../src/index.ts";

const fileIn = (place: string): string => join(place, "data", "gateway.db");

/** Runs `child.ts` in a process of its own. */
function child(role: "victim" | "rival", place: string): ChildProcess {
  return fork(new URL("child.ts", import.meta.url), [role, fileIn(place), String((runs += 1))], {
    execArgv: ["--conditions=development"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}
let runs = 0;

storeSuite(
  {
    name: "sqliteStore",
    caps: { durable: "power", multiProcess: false, multiNode: false, atomicChain: true, push: true },
    open: ({ clock, place }) => sqliteStore({ file: fileIn(place), clock }),
    victim: (place) => child("victim", place),
    async rival(place) {
      const other = child("rival", place);
      const [code] = (await once(other, "message")) as [string];
      await once(other, "exit");
      return code;
    },
    async damage(place) {
      const file = await open(fileIn(place), "r+");
      const { size } = await file.stat();
      // From the second page on: the header still looks like a database.
      await file.write(Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096);
      await file.close();
    },
    async age(place) {
      const database = new DatabaseSync(fileIn(place));
      database.exec("UPDATE devflow_meta SET value = value + 1 WHERE name = 'schema'");
      database.close();
    },
    disk: loopDisk(),
    notApplicable: {
      "U-1": "the engine is a thread of this process; its silence is tested in sqlite.test.ts",
      "U-2": "the engine is a thread of this process; its death is tested in sqlite.test.ts",
      "M-6": "the engine is a thread of this process; a lease without answers is tested with keepLease of the kit",
    },
  },
  { describe, it },
);
