import { posix } from "node:path";
import type { Address, OperationKind } from "@devflow/gateway/contract";
import { adapterIn } from "../lib/adapters.ts";
import { table } from "../lib/markdown.ts";
import { duration } from "./capabilities.ts";
import type { Generator } from "../lib/generator.ts";

const place = { account: "account", room: "room", thread: "thread" };

/** The paces that the adapter keeps and the windows that the platform has. */
export const limits: Generator = async (tree, path) => {
  const adapter = await adapterIn(tree, posix.dirname(path));
  const can = adapter.capabilities();
  const to: Address = { platform: adapter.platform, ...place };
  const buckets = new Map<string, { key: string; pace: string; burst: string; kinds: string[] }>();
  for (const kind of Object.keys(can.operations) as OperationKind[]) {
    if (can.operations[kind] === "none") continue;
    for (const { key, rate, periodMs, burst } of adapter.limits(kind, to)) {
      const pace = `${rate} in ${duration(periodMs)}`;
      const entry = buckets.get(`${key} ${pace}`) ?? { key, pace, burst: String(burst), kinds: [] };
      entry.kinds.push(kind);
      buckets.set(`${key} ${pace}`, entry);
    }
  }
  const paces = [...buckets.values()].map(({ key, pace, burst, kinds }) => [
    `\`${key}\``,
    pace,
    burst,
    kinds.map((kind) => `\`${kind}\``).join(" "),
  ]);
  const windows = [
    ["edit", can.windows.editMs],
    ["delete", can.windows.deleteMs],
    ["reply", can.windows.replyMs],
  ] as const;
  const closing = windows.flatMap(([name, ms]) => (ms === undefined ? [] : [`${name} within ${duration(ms)}`]));
  return [
    table(["Bucket", "Pace", "At once", "Operations"], paces),
    "",
    closing.length === 0
      ? "No window closes: edits, deletions and replies work for as long as the message is there."
      : `Windows: ${closing.join(", ")}.`,
  ].join("\n");
};
