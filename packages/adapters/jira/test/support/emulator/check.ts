import { fields, users, type State } from "./state.ts";

/** What Jira says about values that it does not take; empty when all are well. Strict where Jira is. */
export function problems(values: Readonly<Record<string, unknown>>, { cloud }: State): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [id, value] of Object.entries(values)) {
    if (["project", "issuetype", "parent", "resolution"].includes(id)) continue;
    const field = fields.find((one) => one.id === id);
    if (field === undefined || field.hidden === true)
      found[id] = `Field '${id}' cannot be set. It is not on the appropriate screen, or unknown.`;
    else if (value !== null && !fits(value, field.schema as Schema, cloud))
      found[id] = `Operation value must be of type ${JSON.stringify(field.schema)}`;
  }
  return found;
}

interface Schema {
  readonly type: string;
  readonly items?: string;
  readonly system?: string;
  readonly custom?: string;
}

function fits(value: unknown, { type, items, system, custom }: Schema, cloud: boolean): boolean {
  if (type === "array" && items === "json") return typeof value === "number";
  if (type === "array")
    return Array.isArray(value) && value.every((one) => fits(one, { type: items ?? "", ...(system && { system }) }, cloud));
  if (system === "labels") return typeof value === "string" && /^\S{1,255}$/.test(value);
  if (system === "description" || custom?.endsWith(":textarea") === true) return isRich(value, cloud) || (!cloud && value === "");
  switch (type) {
    case "string":
      return typeof value === "string" && !value.includes("\n");
    case "date":
      return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value);
    case "number":
      return typeof value === "number";
    case "option":
    case "option-with-child":
      return has(value, "value") || has(value, "id");
    case "user":
      return users.includes(String((value as Record<string, unknown>)[cloud ? "accountId" : "name"]));
    default:
      return has(value, "name") || has(value, "id");
  }
}

/** Cloud wants a document that is not empty, Data Center a text. */
export function isRich(value: unknown, cloud: boolean): boolean {
  if (!cloud) return typeof value === "string" && value !== "";
  const doc = value as { readonly type?: unknown; readonly version?: unknown; readonly content?: readonly unknown[] } | null;
  return doc?.type === "doc" && doc.version === 1 && Array.isArray(doc.content) && doc.content.length > 0;
}

function has(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && typeof (value as Record<string, unknown>)[name] === "string";
}
