import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmdirSync } from "node:fs";
import { chmod, mkdtemp, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DiskMaker } from "./options.ts";

/** `_IOR('X', 125, __u32)` of ext4 with the flag NOLOGFLUSH: everything not yet on the disk is lost. linux/fs/ext4/ext4.h */
const cutPower = 'open(F, "<", $ARGV[0]) or die $!; my $flag = pack("L", 2); defined(ioctl(F, 0x8004587d, $flag)) or die $!';

const run = (command: string, ...args: string[]): void => void execFileSync(command, args, { stdio: "pipe" });

function missing(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs root on Linux";
  if (!existsSync("/dev/loop-control")) return "needs loop devices";
  for (const [command, ...args] of [
    ["losetup", "-f"],
    ["mkfs.ext4", "-V"],
    ["perl", "-v"],
  ] as const) {
    if (spawnSync(command, args).status !== 0) return `needs ${command}`;
  }
  const probe = mkdtempSync(join(tmpdir(), "devflow-probe-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", probe]).status === 0;
  if (mounted) spawnSync("umount", [probe]);
  rmdirSync(probe);
  return mounted ? undefined : "may not mount";
}

/** A small ext4 in a file, mounted through a loop device, whose power can be cut. Linux, as root. */
export function loopDisk(): DiskMaker {
  return {
    missing: missing(),
    async make({ megabytes }) {
      const folder = await mkdtemp(join(tmpdir(), "devflow-disk-"));
      // An engine may run as somebody else.
      await chmod(folder, 0o755);
      const image = join(folder, "image");
      const place = join(folder, "mount");
      const file = await open(image, "w");
      await file.truncate(megabytes * 2 ** 20);
      await file.close();
      run("mkfs.ext4", "-q", "-F", "-m", "0", image);
      run("mkdir", place);
      const mount = (): void => run("mount", "-o", "loop", image, place);
      mount();
      const filler = join(place, "filler");
      return {
        place,
        async fill() {
          const out = await open(filler, "w");
          const block = Buffer.alloc(2 ** 16, 1);
          for (let space = await statfs(place); space.bavail > 0; space = await statfs(place)) {
            await out.write(block.subarray(0, Math.min(block.length, space.bavail * space.bsize))).catch(() => {});
          }
          await out.sync().catch(() => {});
          await out.close();
        },
        free: () => rm(filler),
        async cut() {
          run("perl", "-e", cutPower, place);
        },
        async restore() {
          // Whoever else looks at new disks, such as a desktop, may hold it for a moment.
          for (let tries = 1; spawnSync("umount", [place]).status !== 0; tries += 1) {
            if (tries === 100) throw new Error(`${place} cannot be unmounted: somebody has a file open there.`);
            await new Promise((resolve) => void setTimeout(resolve, 50));
          }
          mount();
        },
        async remove() {
          // A store that failed the test may still have files open there.
          run("umount", "--lazy", place);
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
  };
}
