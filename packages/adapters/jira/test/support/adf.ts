import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";

const path = createRequire(import.meta.url).resolve("@atlaskit/adf-schema/json-schema/v1/full.json");
const { $schema: _, ...schema } = JSON.parse(readFileSync(path, "utf8")) as { readonly $schema: string };
const validate = new Ajv({ strict: false, allErrors: false }).compile(schema);

/** What Atlassian's own schema finds wrong with a document. */
export function problemsOf(doc: unknown): unknown {
  return validate(doc) ? [] : validate.errors;
}

type Json = Readonly<Record<string, unknown>>;

/** A document by the vectors' rules of comparison: marks are a set, ids of tasks are any, and blanks at a paragraph's end are none. */
export function comparable(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(comparable);
  if (typeof node !== "object" || node === null) return node;
  const out = Object.fromEntries(Object.entries(node as Json).map(([key, value]) => [key, comparable(value)]));
  if (Array.isArray(out["marks"])) out["marks"] = out["marks"].map((mark) => JSON.stringify(mark)).toSorted();
  const attrs = out["attrs"] as Json | undefined;
  if (typeof attrs?.["localId"] === "string" && attrs["localId"] !== "") out["attrs"] = { ...attrs, localId: "*" };
  if (out["type"] === "paragraph") out["content"] = trimmed(out["content"] as readonly Json[] | undefined);
  return out;
}

function trimmed(content: readonly Json[] = []): readonly Json[] {
  const last = content.at(-1);
  if (last?.["type"] !== "text") return content;
  const text = String(last["text"]).trimEnd();
  return text === "" ? content.slice(0, -1) : [...content.slice(0, -1), { ...last, text }];
}
