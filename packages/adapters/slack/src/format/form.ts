import type { Address, Form, FormField } from "@devflow/gateway/contract";
import { writeOrigin } from "../wire/index.ts";
import { plain, toSelect, type KitBlock } from "./blocks.ts";

/** A form as a view. The conversation it is opened from travels with it, since a submission does not name one. */
export function toView(form: Form, to: Address): KitBlock {
  const { room, thread } = to;
  return {
    type: "modal",
    callback_id: form.id,
    title: plain(form.title, 24),
    submit: plain(form.submitLabel ?? "Submit", 24),
    close: plain("Cancel", 24),
    private_metadata: writeOrigin({
      room,
      ...(thread === undefined ? {} : { thread }),
      ...(form.state === undefined ? {} : { state: form.state }),
    }),
    blocks: form.fields.map(toInput),
  };
}

/** `block_id` is the field's id: Slack names errors after it. */
function toInput(field: FormField): KitBlock {
  return {
    type: "input",
    block_id: field.id,
    label: plain(field.label, 2_000),
    optional: field.optional ?? false,
    element: toElement(field),
    ...(field.hint === undefined ? {} : { hint: plain(field.hint, 2_000) }),
  };
}

function toElement(field: FormField): KitBlock {
  const action_id = field.id;
  if (field.kind === "date") return { type: "datepicker", action_id };
  if (field.kind === "user") return { type: "users_select", action_id };
  if (field.kind === "select") return toSelect(field, action_id);
  const { multiline, placeholder, value, maxLength } = field;
  return {
    type: "plain_text_input",
    action_id,
    multiline: multiline ?? false,
    ...(placeholder === undefined ? {} : { placeholder: plain(placeholder, 150) }),
    ...(value === undefined ? {} : { initial_value: value }),
    ...(maxLength === undefined ? {} : { max_length: Math.min(maxLength, 3_000) }),
  };
}
