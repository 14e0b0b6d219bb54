import { generateKeyPairSync, sign } from "node:crypto";
import { canaries, fakeContext, type FakeContext, type FakeContextOptions } from "@devflow/conformance";
import type { Delivery, Identity } from "@devflow/gateway/contract";
import { readArrival } from "../../src/normalize/index.ts";

export const application = "200000000000000001";
export const bot = "200000000000000002";
export const token = `${Buffer.from(application).toString("base64url")}.GcAnAr.Zq7vK2xW9tB4nM6pL1sD8fG3hJ5k`;

const pair = generateKeyPairSync("ed25519");
const der = pair.publicKey.export({ format: "der", type: "spki" });
export const publicKey = der.subarray(der.length - 32).toString("hex");

export const secrets = canaries({ BOT_TOKEN: token, PUBLIC_KEY: publicKey });
export const identity: Identity = { user: { id: bot, kind: "bot", self: true, name: "Rig", handle: "rig" }, title: "Rig" };
export const ada = { id: "300000000000000001", username: "ada", global_name: "Ada", discriminator: "0", avatar: null };
export const us = { id: bot, username: "rig", global_name: "Rig", bot: true, discriminator: "0", avatar: null };
export const room = { platform: "discord", account: application, room: "400000000000000001" };
export const guild = "500000000000000001";

/** A snowflake of the given time. */
export const idAt = (ms: number, count = 0): string =>
  String((BigInt(Math.floor(ms) - 1_420_070_400_000) << 22n) + BigInt(count));

export const world = (options: FakeContextOptions = {}): FakeContext => fakeContext({ platform: "discord", secrets, ...options });

/** Headers of a request that Discord signs at a time. */
export function signed(body: string, at: number): { readonly body: string; readonly headers: Record<string, string> } {
  const timestamp = String(Math.floor(at / 1000));
  const signature = sign(null, Buffer.from(timestamp + body), pair.privateKey).toString("hex");
  return {
    body,
    headers: {
      "content-type": "application/json",
      "x-signature-ed25519": signature,
      "x-signature-timestamp": timestamp,
    },
  };
}

export const message = (rest: object = {}): object => ({
  id: "600000000000000001",
  type: 0,
  channel_id: room.room,
  guild_id: guild,
  author: ada,
  member: { nick: "Countess" },
  content: "hi",
  timestamp: "2026-01-01T00:00:00.000000+00:00",
  edited_timestamp: null,
  mentions: [],
  mention_roles: [],
  mention_everyone: false,
  attachments: [],
  embeds: [],
  flags: 0,
  ...rest,
});

export const interaction = (type: number, data: object, rest: object = {}): Record<string, unknown> => ({
  id: idAt(Date.UTC(2026, 0, 1), type),
  application_id: application,
  type,
  token: "aW50ZXJhY3Rpb24.canary_token",
  version: 1,
  channel_id: room.room,
  channel: { id: room.room, type: 0, name: "workshop" },
  guild_id: guild,
  member: { user: ada, nick: null },
  data,
  ...rest,
});

/** What the adapter's connection makes of a dispatch. */
export function dispatched(t: string, d: object, session = "s1"): Delivery {
  const dispatch = { t, s: 1, d };
  const [delivery] = readArrival({
    dispatch,
    body: JSON.stringify(dispatch),
    account: application,
    session,
    receivedAt: Date.UTC(2026, 0, 1),
    intents: 0,
  }).deliveries;
  if (!delivery) throw new Error(`${t} makes no delivery`);
  return delivery;
}
