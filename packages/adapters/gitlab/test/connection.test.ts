import { describe, expect, it } from "vitest";
import type { AdapterContext } from "@devflow/gateway/contract";
import { gitlab, type GitlabOptions } from "../src/index.ts";
import { onBench, world, type Bench } from "./support/index.ts";

const url = "https://bot.example";
const failed = (id: number, key: string, status = "500") => ({
  id,
  iid: id,
  response_status: status,
  request_headers: { "Idempotency-Key": key },
});
const nothing = (): never => {
  throw new Error("nothing comes over this line");
};

/** Looks once. */
async function sweep({ adapter, context }: Bench): Promise<void> {
  const stop = new AbortController();
  const own: AdapterContext = { ...context, signal: stop.signal };
  let up = 0;
  const running = adapter.transports.connection?.run("default", nothing, own, () => void (up += 1));
  await expect.poll(() => up).toBe(1);
  stop.abort();
  await running;
}

async function onHook(run: (bench: Bench) => Promise<void>, options: GitlabOptions = {}): Promise<void> {
  await onBench({ projects: ["group/app"], ...options }, async (bench) => {
    await bench.adapter.setup?.setup({ url, commands: [] }, bench.context);
    await run(bench);
  });
}

describe("the line that looks after hooks", () => {
  it("is there for accounts that name projects or groups", async () => {
    const lines = async (options: GitlabOptions) => await gitlab(options).transports.connection?.lines(world());
    expect(await lines({})).toEqual([]);
    expect(await lines({ projects: ["a/b"] })).toEqual(["default"]);
    expect(await lines({ accounts: { x: { groups: ["g"] }, y: {} } })).toEqual(["x"]);
    expect(await lines({ projects: ["a/b"], sweepMs: 0 })).toEqual([]);
  });

  it("asks again for deliveries that failed, and not for those that came through in the end", async () => {
    await onHook(async (bench) => {
      bench.emulator.state.events.push(failed(4, "b", "200"), failed(3, "c", "internal error"), failed(2, "b"), failed(1, "a"));
      await sweep(bench);
      expect(bench.emulator.state.resent).toEqual(["1", "3"]);
    });
  });

  it("does not ask without end", async () => {
    await onHook(async (bench) => {
      bench.emulator.state.events.push(failed(1, "a"));
      await sweep(bench);
      await sweep(bench);
      expect(bench.emulator.state.resent).toEqual(["1"]);
      for (let hour = 0; hour < 10; hour++) {
        await bench.context.clock.advance(3_600_001);
        await sweep(bench);
      }
      expect(bench.emulator.state.resent).toHaveLength(5);
    });
  });

  it("wakes a hook that is not called any more", async () => {
    await onHook(async (bench) => {
      Object.assign(bench.emulator.state.hooks[0] ?? {}, { alert_status: "temporarily_disabled" });
      await sweep(bench);
      expect(bench.emulator.state.hooks[0]?.["alert_status"]).toBe("executable");
      expect(bench.context.log.text()).toContain("not called any more");
    });
  });

  it("outlives a hook that is gone, and dies of a token that is", async () => {
    await onHook(async (bench) => {
      bench.emulator.state.hooks.splice(0);
      await sweep(bench);
      expect(bench.context.log.text()).toContain("could not be looked after");
      bench.server.behave(() => ({ status: 401, body: {} }));
      await expect(
        bench.adapter.transports.connection?.run("default", nothing, bench.context, () => undefined),
      ).rejects.toMatchObject({ code: "auth.failed" });
    });
  });
});
