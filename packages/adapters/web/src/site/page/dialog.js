import { h } from "./dom.js";

/** @import { Form, FormField, FormValue } from "@devflow/gateway/contract" */

/**
 * Opens a form over the page.
 *
 * @param {Form} form
 * @param {(values: { [field: string]: FormValue }) => Promise<{ [field: string]: string }>} submit Resolves to what is wrong, by field; nothing closes the form.
 * @param {() => void} dismissed
 * @returns {HTMLDialogElement}
 */
export function createDialog(form, submit, dismissed) {
  const inputs = form.fields.map((field) => createInput(field));
  const note = h("p", { className: "note", role: "alert" });
  const send = h("button", { type: "submit", className: "button primary" }, form.submitLabel ?? "Send");
  /** @returns {void} */
  const cancel = () => dialog.close();
  const run = async () => {
    note.textContent = "";
    for (const input of inputs) input.complain("");
    send.disabled = true;
    try {
      const errors = await submit(Object.fromEntries(inputs.map(({ id, read }) => [id, read()])));
      const wrong = inputs.filter(({ id, complain }) => errors[id] !== undefined && (complain(errors[id]), true));
      wrong[0]?.focus();
      const others = Object.entries(errors).filter(([id]) => !inputs.some((input) => input.id === id));
      note.textContent = others.map(([, text]) => text).join(" ");
      if (Object.keys(errors).length === 0) dialog.close("sent");
    } catch (error) {
      note.textContent = error instanceof Error ? error.message : "That did not work. Try again.";
    } finally {
      send.disabled = false;
    }
  };
  const dialog = h(
    "dialog",
    {
      className: "dialog",
      "aria-label": form.title,
      onclose: () => {
        if (dialog.returnValue !== "sent") dismissed();
        dialog.remove();
      },
    },
    h(
      "form",
      {
        noValidate: true,
        onsubmit: (/** @type {Event} */ event) =>
          (event.preventDefault(), void run()),
      },
      h("h2", {}, form.title),
      ...inputs.map(({ element }) => element),
      note,
      h("div", { className: "buttons" }, h("button", { type: "button", className: "button", onclick: cancel }, "Cancel"), send),
    ),
  );
  return dialog;
}

/** @param {FormField} field */
function createInput(field) {
  const name = `field-${field.id}`;
  const { node, read } = controlOf(field, name);
  const grouped = node instanceof HTMLFieldSetElement;
  const error = h("span", { className: "error", id: `${name}-error` });
  const hint = h("small", { className: "hint", id: `${name}-hint` }, field.hint);
  const optional = field.optional && h("small", {}, " optional");
  node.id = name;
  node.setAttribute("aria-describedby", `${name}-hint ${name}-error`);
  if (grouped) node.setAttribute("aria-label", field.label);
  return {
    id: field.id,
    element: h(
      "div",
      { className: "field" },
      h(grouped ? "span" : "label", { className: "label", for: name }, field.label, optional),
      hint,
      node,
      error,
    ),
    read,
    focus: () => node.focus(),
    complain: (/** @type {string} */ text) => {
      error.textContent = text;
      node.setAttribute("aria-invalid", String(text !== ""));
    },
  };
}

/**
 * @param {FormField} field
 * @param {string} name
 * @returns {{ node: HTMLElement, read: () => FormValue }}
 */
function controlOf(field, name) {
  if (field.kind === "select" && field.options.length > 0) {
    if (field.multiple) {
      const boxes = field.options.map(({ value }) => h("input", { type: "checkbox", value }));
      const lines = field.options.map(({ label }, place) => h("label", {}, boxes[place], h("span", {}, label)));
      return {
        node: h("fieldset", { className: "choices" }, ...lines),
        read: () => boxes.filter((box) => box.checked).map((box) => box.value),
      };
    }
    const options = field.options.map(({ label, value }) => h("option", { value }, label));
    const select = h("select", { name }, h("option", { value: "" }, "Choose"), ...options);
    return { node: select, read: () => select.value || null };
  }
  if (field.kind === "text" && field.multiline) {
    const area = h("textarea", { name, rows: 4, placeholder: field.placeholder, value: field.value, maxLength: field.maxLength });
    return { node: area, read: () => area.value };
  }
  const input = h("input", { name, type: field.kind === "date" ? "date" : "text" });
  if (field.kind === "text") {
    input.placeholder = field.placeholder ?? "";
    input.value = field.value ?? "";
    if (field.maxLength !== undefined) input.maxLength = field.maxLength;
  }
  return { node: input, read: () => input.value || null };
}
