import type { JsonObject } from "@devflow/gateway/kit";
import { statusOf } from "../errors.ts";
import { record } from "../wire/index.ts";

/** What GitHub answered. */
export interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly headers: JsonObject;
}

/** Values for the path, query and body of a route. */
export type Args = Readonly<Record<string, unknown>>;

/** The fields of an answer that is one object. */
export function fields({ data }: Answer): JsonObject {
  return record(data);
}

/** The fields of what is there; undefined for what is not, or not for us. */
export async function present(answer: Promise<Answer>): Promise<JsonObject | undefined> {
  try {
    return fields(await answer);
  } catch (error) {
    if ([404, 410, 451].includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}
