import type { Delivery } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { idOf, record } from "../wire/index.ts";
import { laneOf } from "./place.ts";

/** A webhook as it arrived, its body parsed. */
export interface Arrival {
  readonly id: string;
  /** The event as the header names it. */
  readonly via: string;
  readonly payload: JsonObject;
  readonly body: string;
  readonly receivedAt: number;
}

/** A webhook as a delivery. Its account is the installation, where it comes from an App. */
export function readArrival({ id, via, payload, body, receivedAt }: Arrival, fallback: string): Delivery {
  const account = idOf(record(payload["installation"])["id"]) ?? fallback;
  return { id, account, lane: laneOf(payload, via, account), via, body, payload, receivedAt };
}
