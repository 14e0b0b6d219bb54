import type { Claim, Delivery, Job } from "../contract/index.ts";
import { storeKey } from "../kit/key.ts";

/** What the inbox keeps of a delivery beside its body. */
type Headers = Readonly<Record<string, string>>;

/** Queue of what is handled in order. */
export const queueName = "inbox";

/** A delivery as a job of the ordered queue, to be stored together with something else. */
export function inboxJob(platform: string, delivery: Delivery): { readonly queue: string } & Job {
  return { queue: queueName, ...toJob(platform, delivery) };
}

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
  const id = storeKey(`${platform}:${delivery.id}`);
  // Whatever has a ticking trigger must not queue behind a slow handler: it gets a lane of its own.
  return { key: delivery.interactive ? id : storeKey(delivery.lane), id, payload: delivery.body, headers };
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
    payload: payload === undefined ? (JSON.parse(body) as unknown) : payload,
    receivedAt: Number(headers["received"]),
    ...(headers["group"] === undefined ? {} : { group: { id: headers["group"], windowMs: Number(headers["window"]) } }),
  };
}
