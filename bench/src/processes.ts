import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Kernel ticks in a second, as Linux reports them to programs everywhere. */
const ticks = 100;

/** Processor time of a process, of its children that have ended, and of those that run, in microseconds. Linux only. */
export function engineCpuUs(pid: number): number {
  const stats = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, after = ""] = readFileSync(`/proc/${name}/stat`, "utf8").split(/\) (?=[A-Z] )/);
        const fields = after.split(" ");
        return [{ pid: Number(name), parent: Number(fields[1]), times: fields.slice(11, 15).map(Number) }];
      } catch {
        return [];
      }
    });
  const family = (root: number): number[] => [
    root,
    ...stats.filter(({ parent }) => parent === root).flatMap((one) => family(one.pid)),
  ];
  const members = new Set(family(pid));
  const spent = stats.filter((one) => members.has(one.pid)).flatMap(({ times }) => times);
  return (spent.reduce((sum, one) => sum + one, 0) / ticks) * 1e6;
}

/** The process that listens on a port of 127.0.0.1. Linux only. */
export function listener(port: number): number {
  const inode = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, , state]) => state === "0A" && Number.parseInt(local?.split(":")[1] ?? "", 16) === port)?.[9];
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    try {
      const open = readdirSync(`/proc/${name}/fd`, { withFileTypes: true });
      for (const { name: fd } of open) if (readlinkSync(`/proc/${name}/fd/${fd}`) === `socket:[${inode}]`) return Number(name);
    } catch {
      // Gone, or not ours to look at.
    }
  }
  throw new Error(`Nobody listens on port ${port}.`);
}
