import type { AdapterContext } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { refusal } from "../errors.ts";
import type { Deployment } from "../options.ts";
import { pathOf, record, records, text } from "../wire/index.ts";
import { fieldCalled, readField, shaped, type Field } from "./fields.ts";

/** Where an issue may stand. */
export interface Status {
  readonly id: string;
  readonly name: string;
  /** `new`, `indeterminate`, `done` or `undefined`. */
  readonly category: string;
}

/** A transition that is possible now. */
export interface Step {
  readonly id: string;
  readonly name: string;
  readonly to: Status;
  /** What its form shows. */
  readonly fields: readonly Field[];
}

/** Reads a status. */
export function readStatus(value: unknown): Status {
  const status = record(value);
  return {
    id: text(status["id"]) ?? text(status["name"]) ?? "",
    name: text(status["name"]) ?? "",
    category: text(record(status["statusCategory"])["key"]) ?? "undefined",
  };
}

/** The transitions that an issue has now. `cached`: of an issue that is only looked at to learn the workflow. */
export async function stepsOf(
  issue: string,
  account: string,
  clients: Clients,
  context: AdapterContext,
  how: "call" | "cached" = "call",
): Promise<readonly Step[]> {
  const call = { method: "GET", path: pathOf`/issue/${issue}/transitions`, query: { expand: "transitions.fields" } } as const;
  return records(record(await clients[how](account, call, context))["transitions"]).flatMap((one) => {
    const id = text(one["id"]);
    if (id === undefined || one["isAvailable"] === false) return [];
    const fields = Object.entries(record(one["fields"])).flatMap(([name, meta]) => readField(meta, name) ?? []);
    return [{ id, name: text(one["name"]) ?? id, to: readStatus(one["to"]), fields }];
  });
}

const usual = ["done", "fixed"];

/**
 * What a transition is told: the handler's fields that its form shows, and where it asks for a resolution the usual one. Throws
 * `content.rejected` when its form wants more.
 */
export function valuesFor(
  step: Step,
  given: JsonObject,
  deployment: Deployment,
  account: string,
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const field = fieldCalled(name, step.fields, account);
    if (field !== undefined) values[field.id] = shaped(value, field.schema, deployment);
  }
  const resolution = step.fields.find(({ id }) => id === "resolution");
  if (step.to.category === "done" && resolution?.required === true && values["resolution"] === undefined) {
    const found =
      resolution.allowed.find((one) => usual.includes(text(record(one)["name"])?.toLowerCase() ?? "")) ??
      single(resolution.allowed);
    const name = text(record(found)["name"]);
    if (name !== undefined) values["resolution"] = { name };
  }
  const missing = step.fields.filter(({ id, required, hasDefault }) => required && !hasDefault && (values[id] ?? null) === null);
  if (missing.length === 0) return values;
  const names = missing.map(({ name, id, allowed }) => `${name}${optionsOf(allowed)}${name === id ? "" : ` (${id})`}`).join(", ");
  throw refusal("content.rejected", account, `the transition "${step.name}" asks for ${names}: give it in \`fields\``);
}

function single(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : undefined;
}

function optionsOf(allowed: readonly unknown[]): string {
  const names = allowed.flatMap((one) => text(record(one)["name"]) ?? text(record(one)["value"]) ?? []).slice(0, 10);
  return names.length === 0 ? "" : `, one of ${names.join(" | ")}`;
}
