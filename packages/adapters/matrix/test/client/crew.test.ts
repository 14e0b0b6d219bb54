import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { crew } from "../../src/client/index.ts";
import { readOptions } from "../../src/options.ts";
import { account, world } from "../support/events.ts";

const call = { method: "GET", path: "/client/v3/account/whoami", what: "whoami" } as const;

describe("requests", () => {
  it("leave nothing behind on a signal that lives as long as the line", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const us = crew(readOptions({}));
    const context = world({ fetch: async () => Response.json({}), signal: new AbortController().signal });
    const heapAfter = async (count: number): Promise<number> => {
      for (let n = 0; n < count; n++) await us.call(account, call, context);
      for (let turn = 0; turn < 3; turn++) {
        await new Promise((resolve) => void setImmediate(resolve));
        collect();
      }
      return process.memoryUsage().heapUsed;
    };
    const before = await heapAfter(500);
    expect((await heapAfter(2_000)) - before).toBeLessThan(2_000 * 500);
  });

  it("end with the caller's signal, also when that has ended before", async () => {
    const caller = new AbortController();
    const us = crew(readOptions({}));
    const hanging = world({ fetch: () => new Promise<Response>(() => {}), signal: caller.signal });
    const asked = us.call(account, call, hanging);
    caller.abort();
    await expect(asked).rejects.toMatchObject({ code: "network.failed" });
    await expect(us.call(account, call, hanging)).rejects.toMatchObject({ code: "network.failed" });
  });
});
