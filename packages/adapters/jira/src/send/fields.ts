import { parseMarkdown, type JsonObject } from "@devflow/gateway/kit";
import { refusal } from "../errors.ts";
import { richText } from "../format/index.ts";
import type { Deployment } from "../options.ts";
import { record, records, text } from "../wire/index.ts";

/** A field as Jira describes it: for creating, for editing, in a transition, or in general. */
export interface Field {
  readonly id: string;
  readonly name: string;
  readonly required: boolean;
  readonly hasDefault: boolean;
  readonly schema: JsonObject;
  readonly allowed: readonly unknown[];
}

/** Reads a field; `id` where the description stands under it. */
export function readField(value: unknown, id?: string): Field | undefined {
  const field = record(value);
  const found = id ?? text(field["fieldId"]) ?? text(field["id"]) ?? text(field["key"]);
  if (found === undefined) return undefined;
  return {
    id: found,
    name: text(field["name"]) ?? found,
    required: field["required"] === true,
    hasDefault: field["hasDefaultValue"] === true,
    schema: record(field["schema"]),
    allowed: Array.isArray(field["allowedValues"]) ? (field["allowedValues"] as readonly unknown[]) : [],
  };
}

/** The field that a handler calls by id or name; undefined when there is none. Throws `content.rejected` when there are several. */
export function fieldCalled(name: string, fields: readonly Field[], account: string): Field | undefined {
  const byId = fields.find(({ id }) => id === name);
  if (byId !== undefined) return byId;
  const found = fields.filter((field) => field.name.toLowerCase() === name.trim().toLowerCase());
  if (found.length < 2) return found[0];
  const ids = found.map(({ id }) => id).join(", ");
  throw refusal("content.rejected", account, `several fields are called "${name}": name one by its id, ${ids}`);
}

/**
 * A value as the field takes it. What is an object already goes as it is; a text becomes an option, a user, a version, or rich text;
 * a single value becomes a list where the field wants one.
 */
export function shaped(value: unknown, schema: JsonObject, deployment: Deployment): unknown {
  const { type, items, system } = schema;
  if (value === null || value === undefined) return null;
  if (type === "array") {
    // A sprint is described as a list of JSON and set by its number.
    if (text(schema["custom"])?.endsWith(":gh-sprint") === true) return value;
    return [value].flat().map((one) => single(one, items, deployment));
  }
  const long = system === "description" || system === "environment" || text(schema["custom"])?.endsWith(":textarea") === true;
  if (long && typeof value === "string") return richText(parseMarkdown(value), deployment) ?? null;
  return single(value, type, deployment);
}

function single(value: unknown, type: unknown, deployment: Deployment): unknown {
  const said = text(value);
  if (said === undefined) return value;
  switch (type) {
    case "number":
      return Number.isFinite(Number(said)) ? Number(said) : value;
    case "option":
      return { value: said };
    case "option-with-child": {
      const [parent = "", child] = said.split(/ > (.*)/s);
      return child === undefined ? { value: parent } : { value: parent, child: { value: child } };
    }
    case "user":
      return userValue(said, deployment);
    case "priority":
    case "resolution":
    case "securitylevel":
    case "issuetype":
    case "version":
    case "component":
    case "group":
      return { name: said };
    case "project":
    case "issuelink":
      return { key: said };
    default:
      return value;
  }
}

/** A user as a field takes one. */
export function userValue(id: string, deployment: Deployment): unknown {
  return deployment === "cloud" ? { accountId: id } : { name: id };
}

/** A label without what Jira does not take in one. */
export function labelOf(label: string): string {
  return label.trim().replace(/\s+/g, "-");
}

/** A request with the draft's native fields over it: `fields`, `update` and `properties` are joined, the rest is replaced. */
export function laidOver(request: JsonObject, native: unknown): JsonObject {
  const over = record(native);
  const joined = Object.entries(request).map(([name, value]) => {
    if (Array.isArray(value)) return [name, [...(value as readonly unknown[]), ...records(over[name])]];
    return [name, { ...record(value), ...record(over[name]) }];
  });
  return { ...over, ...(Object.fromEntries(joined) as JsonObject) };
}
