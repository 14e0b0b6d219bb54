import { spawnSync } from "node:child_process";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { deliver, eventually, startLife, startPlatform } from "../core/child/index.ts";
import { range } from "../core/harness.ts";
import { folder } from "../core/stores.ts";
import { busyMs, measured } from "./measured.ts";

const missing = spawnSync("prlimit", ["--version"]).status === 0 ? undefined : "no prlimit on this machine";

it.skipIf(missing !== undefined)(
  `reliability 21: a process that runs out of file descriptors goes on, and takes webhooks again once there are some${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  async ({ task }) => {
    const platform = await startPlatform();
    const life = await startLife({ DB: join(folder(), "gateway.db"), PLATFORM: platform.url });
    const sockets: Socket[] = [];
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      life.child.kill("SIGKILL");
      await platform.close();
    });
    expect(await deliver(life.port, { id: "before", room: "r", text: "1" })).toBe(200);
    spawnSync("prlimit", ["--pid", String(life.child.pid), "--nofile=128:128"]);
    for (const _ of range(400)) sockets.push(connect(life.port, "127.0.0.1").on("error", () => {}));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(life.child.exitCode).toBeNull();
    for (const socket of sockets) socket.destroy();
    const freed = Date.now();
    while ((await deliver(life.port, { id: "after", room: "r", text: "2" })) !== 200)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const tookMs = Date.now() - freed;
    await eventually(() => platform.seen().length === 4, "the replies to both");
    measured(task, `400 connections at a limit of 128 descriptors; a webhook was taken ${tookMs} ms after they closed`);
    expect(tookMs).toBeLessThan(5000 + busyMs);
  },
  60_000,
);
