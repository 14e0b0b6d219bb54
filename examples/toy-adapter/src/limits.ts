import type { Adapter } from "@devflow/gateway/contract";

/** Toy's documented pace: one note a second in a room, and fifty calls a second of a bot. */
export const limits: Adapter["limits"] = (kind, { platform, account, room }) => {
  const bot = { key: `${platform}/${account}`, rate: 50, periodMs: 1000, burst: 50 };
  if (kind !== "message.post" && kind !== "message.edit") return [bot];
  return [{ key: `${platform}/${account}/${room}`, rate: 1, periodMs: 1000, burst: 5 }, bot];
};
