import type { Form, FormField } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { platform } from "../options.ts";
import { cut, writePress } from "../wire/index.ts";
import { clip, menuOptions, type Component } from "./components.ts";

/** Types of components in a form. Source: Discord's component reference. */
const types = { select: 3, text: 4, user: 5, label: 18 } as const;
const labelLimit = 45;
const fieldLimit = 5;
const textLimit = 4_000;

/** A form as a modal. Its state travels in its id, and comes back with the submission. */
export function toModal(form: Form, account: string): Component {
  if (form.fields.length === 0 || form.fields.length > fieldLimit) {
    throw rejected(`a form has 1 to ${fieldLimit} fields, and "${form.id}" has ${form.fields.length}`, account);
  }
  return {
    title: clip(form.title, labelLimit),
    custom_id: writePress(form.state === undefined ? { action: form.id } : { action: form.id, value: form.state }),
    components: form.fields.map((field) => ({
      type: types.label,
      label: clip(field.label, labelLimit),
      ...(field.hint ? { description: clip(field.hint, 100) } : {}),
      component: toInput(field, account),
    })),
  };
}

function toInput(field: FormField, account: string): Component {
  const required = field.optional !== true;
  const common = { custom_id: field.id, required };
  switch (field.kind) {
    case "text": {
      const max = Math.max(1, Math.min(field.maxLength ?? textLimit, textLimit));
      return {
        type: types.text,
        ...common,
        style: field.multiline === true ? 2 : 1,
        max_length: max,
        ...(field.placeholder ? { placeholder: clip(field.placeholder, 100) } : {}),
        ...(field.value ? { value: cut(field.value, max) } : {}),
      };
    }
    case "date":
      return { type: types.text, ...common, style: 1, min_length: 10, max_length: 10, placeholder: "YYYY-MM-DD" };
    case "user":
      return { type: types.user, ...common, min_values: required ? 1 : 0, max_values: 1 };
    case "select": {
      if (field.dynamic === true || field.options.length === 0 || field.options.length > 25) {
        throw rejected(`a menu of a form has 1 to 25 options, all known beforehand; look at the field "${field.id}"`, account);
      }
      const options = menuOptions(field.options, field.multiple === true);
      return { type: types.select, ...common, ...options, min_values: required ? 1 : 0 };
    }
  }
}

function rejected(what: string, account: string): GatewayError {
  return new GatewayError("content.rejected", `discord: ${what}.`, { platform, account });
}
