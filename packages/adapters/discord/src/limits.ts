import type { Address, Bucket, OperationKind } from "@devflow/gateway/contract";
import { addressKey } from "@devflow/gateway/kit";

/** What Discord counts together in one channel, and how it has been counting. */
const paces: Readonly<Partial<Record<OperationKind, readonly [name: string, rate: number, periodMs: number, burst: number]>>> = {
  "message.post": ["post", 5, 5_000, 5],
  "message.edit": ["edit", 5, 5_000, 5],
  "message.delete": ["delete", 5, 1_000, 5],
  "reaction.add": ["reaction", 4, 1_000, 1],
  "reaction.remove": ["reaction", 4, 1_000, 1],
  "typing.start": ["typing", 5, 5_000, 5],
};

/**
 * Discord names its limits in the headers of each answer, which the SDK heeds: a bucket that is used up rejects with the
 * time of its end. These paces only keep a flood away from there. Over all routes a bot has 50 requests a second;
 * opening a form counts nowhere.
 */
export function limits(kind: OperationKind, to: Address): readonly Bucket[] {
  const pace = paces[kind];
  if (pace === undefined) return [];
  const { account, room } = to;
  const [name, rate, periodMs, burst] = pace;
  return [
    { key: `${addressKey({ platform: "discord", account, room })}/${name}`, rate, periodMs, burst },
    { key: globalKey(account), rate: 45, periodMs: 1_000, burst: 5 },
  ];
}

/** Key of the bucket that all requests of a bot share. */
export function globalKey(account: string): string {
  return addressKey({ platform: "discord", account, room: "*" });
}
