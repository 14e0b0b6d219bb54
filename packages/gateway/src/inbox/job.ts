import { hash } from "node:crypto";
import type { Claim, Delivery, Job } from "../contract/index.ts";

/** What the inbox keeps of a delivery beside its body. */
type Headers = Readonly<Record<string, string>>;

/** The stored form of a delivery: its body as it came, the rest as headers. */
export function toJob(platform: string, delivery: Delivery): Job {
  const headers: Record<string, string> = {
    platform,
    account: delivery.account,
    via: delivery.via,
    received: String(delivery.receivedAt),
  };
  if (delivery.group) {
    headers["group"] = delivery.group.id;
    headers["window"] = String(delivery.group.windowMs);
  }
  const id = safeKey(`${platform}:${delivery.id}`);
  // Whatever has a ticking trigger must not queue behind a slow handler: it gets a lane of its own.
  return { key: delivery.interactive ? id : safeKey(delivery.lane), id, payload: delivery.body, headers };
}

/** The delivery that {@link toJob} stored. `payload` is given when this process still has it parsed. */
export function toDelivery(
  job: Pick<Claim, "id" | "key" | "payload" | "headers">,
  payload?: unknown,
): Delivery & { readonly platform: string } {
  const headers: Headers = job.headers;
  const platform = headers["platform"] ?? "";
  const body = String(job.payload);
  return {
    platform,
    id: job.id.slice(platform.length + 1),
    account: headers["account"] ?? "",
    lane: job.key,
    via: headers["via"] ?? "",
    body,
    payload: payload ?? (JSON.parse(body) as unknown),
    receivedAt: Number(headers["received"]),
    ...(headers["group"] === undefined ? {} : { group: { id: headers["group"], windowMs: Number(headers["window"]) } }),
  };
}

/** Stores take keys of at most 512 bytes without U+0000; a platform's ids are its own affair. */
function safeKey(key: string): string {
  if (key.length <= 128 && !key.includes("\0")) return key;
  return Buffer.byteLength(key) <= 512 && !key.includes("\0")
    ? key
    : `${key.slice(0, 32).replaceAll("\0", "")}#${hash("sha256", key, "hex")}`;
}
