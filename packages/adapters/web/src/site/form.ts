import type { Form, FormField, FormValue } from "@devflow/gateway/contract";
import { isObject } from "@devflow/gateway/kit";
import { refusal } from "../errors.ts";

/** What a person entered, by field, and what is wrong with it. */
export interface Entered {
  readonly values: Readonly<Record<string, FormValue>>;
  readonly errors: Readonly<Record<string, string>>;
}

const maxText = 10_000;

/** Reads the values of a form's own fields; others are not looked at. */
export function readForm(form: Form, submitted: unknown): Entered {
  if (!isObject(submitted)) throw refusal("wire.malformed", "the field values must be an object.");
  const values: [string, FormValue][] = [];
  const errors: [string, string][] = [];
  for (const field of form.fields) {
    const value = readValue(field, Object.hasOwn(submitted, field.id) ? submitted[field.id] : null);
    const empty = value === null || value.length === 0;
    if (empty && field.optional !== true) errors.push([field.id, "Please fill this in."]);
    const problem = empty ? undefined : problemOf(field, value);
    if (problem !== undefined) errors.push([field.id, problem]);
    values.push([field.id, empty ? null : value]);
  }
  return { values: Object.fromEntries(values), errors: Object.fromEntries(errors) };
}

function readValue(field: FormField, value: unknown): FormValue {
  if (field.kind === "select" && field.multiple === true) {
    const list = Array.isArray(value) ? value : [];
    return list.filter((item): item is string => typeof item === "string").slice(0, field.options.length || 100);
  }
  return typeof value === "string" ? value : null;
}

function problemOf(field: FormField, value: string | readonly string[]): string | undefined {
  if (field.kind === "select") {
    const known = new Set(field.options.map((option) => option.value));
    const chosen = typeof value === "string" ? [value] : value;
    return field.dynamic === true || chosen.every((choice) => known.has(choice)) ? undefined : "Please choose from the list.";
  }
  const max = field.kind === "text" ? Math.min(field.maxLength ?? maxText, maxText) : 100;
  if (value.length > max) return `Please use at most ${max} characters.`;
  if (field.kind === "date" && !/^\d{4}-\d{2}-\d{2}$/.test(String(value))) return "Please enter a date.";
  return undefined;
}
