import { isObject } from "@devflow/gateway/kit";

/** Values of buttons, by the buttons' ids, as the `external_id` of a check run; undefined when none has one. */
export function writeValues(values: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(values).length === 0 ? undefined : JSON.stringify({ devflow: values });
}

/** What {@link writeValues} wrote; empty for an id of somebody else's. */
export function readValues(externalId: unknown): Readonly<Record<string, string>> {
  if (typeof externalId !== "string" || !externalId.startsWith('{"devflow":')) return {};
  try {
    const { devflow } = JSON.parse(externalId) as { devflow?: unknown };
    const entries = isObject(devflow) ? Object.entries(devflow) : [];
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  } catch {
    return {};
  }
}
