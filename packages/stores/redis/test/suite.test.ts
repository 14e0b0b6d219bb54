import { fork } from "node:child_process";
import { loopDisk, storeSuite } from "@devflow/conformance";
import { redisMissing, startRedis, type Engine } from "@devflow/conformance/engines";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, it } from "vitest";
import { redisStore } from "../src/index.ts";
import { engineDisks } from "./disks.ts";

const missing = redisMissing();
let engine: Engine;
let weak: Engine;
let victims = 0;
/** Places where other processes take part, which know no time but the real one. */
const released = new Set<string>();
const disks = engineDisks(loopDisk(), { appendfsync: "always" });

/**
 * Statements that hold however long a busy machine takes from one step to the next. On the suite's time, above, all are held; here
 * it is only asked whether the script reads the server's clock as well as ours.
 */
const roomy: ReadonlySet<string> = new Set("E-1 E-10 O-3 C-1 C-3 C-5 R-6 D-4 X-1 X-3 K-2 K-3 L-7 P-3 G-3".split(" "));

describe.skipIf(missing !== undefined)(`a real server${missing === undefined ? "" : ` (${missing})`}`, () => {
  beforeAll(async () => {
    engine = await startRedis();
    weak = await startRedis({ settings: { appendfsync: "everysec" } });
  });
  afterAll(() => Promise.all([engine.remove(), weak.remove()]));
  const shared = {
    caps: { durable: "power", multiProcess: true, multiNode: true, atomicChain: true, push: true },
    notApplicable: {
      "P-5": "with appendfsync always the server ends itself on a full disk; disk.test.ts has both",
      "P-6": "the engine guards its own data",
      "U-4": "the keys are looked at in layout.test.ts",
    },
  } as const;

  storeSuite(
    {
      ...shared,
      name: "redisStore",
      open({ clock, place }) {
        const now = (): number => (released.has(place) ? Date.now() : clock.now());
        const url = disks.urlAt(place) ?? engine.url();
        return redisStore({ url, name: nameOf(place), clock: { now, after: clock.after }, strict: true });
      },
      async setTime(place, now) {
        if (now === undefined) released.add(place);
      },
      victim: (place) =>
        fork(new URL("child.ts", import.meta.url), [engine.url(), nameOf(place), String((victims += 1))], {
          execArgv: ["--conditions=development"],
          stdio: ["ignore", "pipe", "pipe", "ipc"],
        }),
      async age(place) {
        const client = new Redis(engine.url());
        await client.incr(`{${nameOf(place)}}:layout`);
        client.disconnect();
      },
      disk: disks,
      network: {
        port: () => engine.port,
        open: ({ place, port }) => redisStore({ url: engine.url(port), name: nameOf(place) }),
      },
      engine: { kill: () => engine.kill(), start: () => engine.start() },
      weak: ({ strict, log }) => redisStore({ url: weak.url(), strict, log }),
    },
    { describe, it },
  );

  storeSuite(
    {
      ...shared,
      name: "redisStore with the server's clock",
      open: ({ place }) => redisStore({ url: engine.url(), name: nameOf(place), strict: true }),
      ownClock: true,
    },
    {
      describe,
      it(name, body, timeoutMs) {
        const add = roomy.has(name.split(" ")[0] ?? "") ? it : ignore;
        add(name, body, timeoutMs);
      },
    },
  );
});

const ignore = (): void => {};

/** Places are paths; one of them is one store. */
function nameOf(place: string): string {
  return place.replaceAll("/", ".").slice(-64);
}
