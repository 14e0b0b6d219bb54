import type { FormValue } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import {
  id,
  interactionTypes,
  object,
  objects,
  present,
  readPress,
  routeOf,
  scalar,
  text,
  texts,
  writeRoute,
} from "../wire/index.ts";
import type { Fact } from "./fact.ts";

/** Types of a command's options that hold others. Source: Discord's reference, "Application Command Option Type". */
const holders: ReadonlySet<unknown> = new Set([1, 2]);
const depthLimit = 4;

/** What an interaction says happened. */
export function interactionFacts(interaction: JsonObject): readonly Fact[] {
  const data = object(interaction["data"]);
  const route = routeOf(interaction);
  const trigger = route === undefined ? {} : { trigger: writeRoute(route) };
  switch (interaction["type"]) {
    case interactionTypes.command:
      return command(data, trigger);
    case interactionTypes.component: {
      const { action, value } = readPress(scalar(data["custom_id"]));
      const values = Array.isArray(data["values"]) ? texts(data["values"]) : undefined;
      const messageId = id(object(interaction["message"])["id"]);
      const said = present({ value: values?.[0] ?? value, values, messageId });
      return [{ kind: "action.invoked", action, ...said, ...trigger }];
    }
    case interactionTypes.autocomplete: {
      const { path, options } = unfold(data);
      const focused = options.find((option) => option["focused"] === true);
      const field = text(focused?.["name"]) ?? "";
      return [{ kind: "options.requested", field, query: scalar(focused?.["value"]), form: path.join(" ") }];
    }
    case interactionTypes.modal: {
      const { action, value } = readPress(scalar(data["custom_id"]));
      const fields = objects(data["components"]).flatMap((part) => [
        ...(part["component"] === undefined ? [] : [object(part["component"])]),
        ...objects(part["components"]),
      ]);
      const values = Object.fromEntries(fields.flatMap((field) => entryOf(field)));
      return [{ kind: "form.submitted", form: action, values, ...(value === undefined ? {} : { state: value }) }];
    }
    default:
      return [];
  }
}

function entryOf(field: JsonObject): readonly [string, FormValue][] {
  const name = text(field["custom_id"]);
  if (name === undefined) return [];
  if (!Array.isArray(field["values"])) return [[name, text(field["value"]) ?? null]];
  const values = texts(field["values"]);
  return [[name, field["type"] === 3 || values.length !== 1 ? values : (values[0] ?? null)]];
}

/** The command with what was chosen below it: the words of its subcommands, then its options. */
function command(data: JsonObject, trigger: { readonly trigger?: string }): readonly Fact[] {
  const { path, options } = unfold(data);
  const [name = "", ...below] = path;
  if (name === "") return [];
  const target = id(data["target_id"]);
  const said = options.map((option) => optionText(option, options.length));
  const args = [...below, ...(target === undefined ? [] : [target]), ...said].join(" ").trim();
  const about = data["type"] === 3 && target !== undefined ? { messageId: target } : {};
  return [{ kind: "command.invoked", command: name, args, ...about, ...trigger }];
}

/** The one option `args` is the text as it was typed; options with names of their own are told apart by them. */
function optionText({ name, value }: JsonObject, count: number): string {
  const said = scalar(value);
  return count === 1 && name === "args" ? said : `${scalar(name)}:${said}`;
}

function unfold(data: JsonObject): { readonly path: readonly string[]; readonly options: readonly JsonObject[] } {
  const path = [text(data["name"]) ?? ""];
  let options = objects(data["options"]);
  for (let depth = 0; depth < depthLimit && options.length === 1 && holders.has(options[0]?.["type"]); depth++) {
    path.push(text(options[0]?.["name"]) ?? "");
    options = objects(options[0]?.["options"]);
  }
  return { path, options };
}
