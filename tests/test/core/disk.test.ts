import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakePlatform } from "@devflow/conformance";
import { createGateway } from "@devflow/gateway";
import { sqliteStore } from "@devflow/sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "./child/index.ts";
import { measured } from "../faults/measured.ts";
import { range } from "./harness.ts";
import { silent } from "./stores.ts";

/** A small file system, or undefined where this user may not mount one. */
function smallDisk(bytes: number): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "devflow-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  onTestFinished(() => {
    execFileSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true });
  });
  return folder;
}

describe("a full disk", () => {
  it("reliability 20: a full disk is answered 503, ends no process, loses nothing acknowledged, and is over when there is room", async ({
    skip,
    task,
  }) => {
    const disk = smallDisk(16 * 1_048_576);
    if (disk === undefined) {
      measured(task, "needs root on Linux, to mount a small file system");
      return skip();
    }
    const filler = join(disk, "filler");
    writeFileSync(filler, Buffer.alloc(10 * 1_048_576));
    const fake = fakePlatform({ limits: () => [] });
    const gateway = createGateway({
      adapters: [fake],
      store: sqliteStore({ file: join(disk, "gateway.db") }),
      log: silent,
      inbox: { retryBaseMs: 10, retryCapMs: 100, pollMs: 20 },
      outbox: { pollMs: 20 },
    });
    const handled = new Set<string>();
    gateway.on("message.created", async (c) => {
      await c.reply("ok");
      handled.add(c.event.id);
    });
    const accepted = new Set<string>();
    const send = async (n: number): Promise<number> => {
      const { status } = await gateway.fetch(fake.request({ id: `e${n}`, room: `r${n % 20}`, text: "x".repeat(8000) }));
      if (status === 200) accepted.add(`fake:e${n}`);
      return status;
    };
    const statuses = new Set<number>();
    for (let n = 0; !statuses.has(503) && n < 5000; n++) statuses.add(await send(n));
    expect([...statuses]).toEqual([200, 503]);
    for (const n of range(20)) statuses.add(await send(6000 + n));
    expect([...statuses]).toEqual([200, 503]);
    rmSync(filler);
    // What was refused may have been stored all the same; it is what was accepted that counts.
    const answered = (): boolean => {
      const keys = new Set(fake.messages.map(({ key }) => key));
      return [...accepted].every((id) => handled.has(id) && keys.has(`${id}/0`));
    };
    await eventually(answered, "everything accepted is answered", 5000);
    let status = 0;
    const until = Date.now() + 5000;
    while (status !== 200 && Date.now() < until) status = await send(7000);
    expect(status).toBe(200);
    await eventually(answered, "and what came afterwards");
    expect(await gateway.deadLetters.list()).toEqual([]);
    await gateway.stop();
  }, 60_000);
});
