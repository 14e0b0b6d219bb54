import { h, icon, linkUrl } from "./dom.js";

/** @import { Action, Button, Select } from "@devflow/gateway/contract" */
/** @import { Scene } from "./content.js" */

/**
 * What a person pressed or chose.
 *
 * @typedef {object} Press
 * @property {string} action Id of the button or select.
 * @property {number} index Its place among the message's buttons and selects: several may share an id.
 * @property {readonly string[]} [values] Choices of a select.
 */

/**
 * @param {readonly Action[]} actions
 * @param {Scene} scene
 */
export function renderActions(actions, scene) {
  const note = h("p", { className: "note", role: "status" });
  /** @param {Press} press */
  const send = async (press) => {
    note.textContent = "";
    try {
      await scene.press(press);
    } catch (error) {
      note.textContent = error instanceof Error ? error.message : "That did not work. Try again.";
      throw error;
    }
  };
  let index = 0;
  const items = actions.map((action) => {
    if (action.kind === "link") return renderLinkButton(action.label, action.url, scene);
    const place = index++;
    if (action.kind === "button") return renderButton(action, place, send);
    return action.dynamic ? renderSearch(action, place, send, scene) : renderSelect(action, place, send);
  });
  return h("div", { className: "actions" }, ...items, note);
}

/**
 * @param {string} label
 * @param {string} url
 * @param {Scene} scene
 */
function renderLinkButton(label, url, scene) {
  const href = linkUrl(url, scene.base);
  return h(
    "a",
    { className: "button", target: "_blank", rel: "noopener noreferrer nofollow", ...(href === undefined ? {} : { href }) },
    label,
  );
}

/**
 * Runs once at a time and shows that it ran.
 *
 * @param {HTMLElement & { disabled: boolean }} control
 * @param {() => Promise<void>} run
 */
async function once(control, run) {
  control.disabled = true;
  control.classList.add("busy");
  try {
    await run();
    control.classList.add("done");
  } catch {
    // The note below the controls says it.
  } finally {
    control.classList.remove("busy");
    control.disabled = false;
  }
}

/**
 * @param {Button} action
 * @param {number} index
 * @param {(press: Press) => Promise<void>} send
 */
function renderButton({ id, label, style }, index, send) {
  const button = h(
    "button",
    { type: "button", className: `button ${style ?? ""}`, onclick: () => void once(button, () => send({ action: id, index })) },
    label,
    h("span", { className: "tick" }, icon("check")),
  );
  return button;
}

/**
 * @param {Select} action
 * @param {number} index
 * @param {(press: Press) => Promise<void>} send
 */
function renderSelect({ id, label, options, multiple }, index, send) {
  if (multiple) {
    const boxes = options.map((option) => h("input", { type: "checkbox", value: option.value }));
    const lines = options.map((option, place) =>
      h("label", {}, boxes[place], h("span", {}, option.label, describe(option.description))),
    );
    const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
    const apply = h(
      "button",
      {
        type: "button",
        className: "button",
        onclick: () => void once(apply, () => send({ action: id, index, values: chosen() })),
      },
      "Apply",
    );
    return h("fieldset", { className: "choices" }, h("legend", {}, label), ...lines, apply);
  }
  const select = h(
    "select",
    {
      "aria-label": label,
      onchange: () => {
        if (select.value !== "") void once(select, () => send({ action: id, index, values: [select.value] }));
      },
    },
    h("option", { value: "" }, label),
    ...options.map((option) =>
      h(
        "option",
        { value: option.value },
        option.description === undefined ? option.label : `${option.label} – ${option.description}`,
      ),
    ),
  );
  return h("span", { className: "select" }, select, icon("down"));
}

/** @param {string} [text] */
function describe(text) {
  return text === undefined ? undefined : h("small", {}, text);
}

/**
 * A select whose choices come while one types.
 *
 * @param {Select} action
 * @param {number} index
 * @param {(press: Press) => Promise<void>} send
 * @param {Scene} scene
 */
function renderSearch({ id, label }, index, send, scene) {
  const list = h("div", { className: "suggestions" });
  let asked = 0;
  const suggest = async () => {
    const turn = ++asked;
    const options = await scene.suggest(id, input.value).catch(() => []);
    if (turn !== asked) return;
    list.replaceChildren(
      ...options.map((option) => {
        const pick = () =>
          once(button, async () => {
            await send({ action: id, index, values: [option.value] });
            input.value = option.label;
            list.replaceChildren();
          });
        const button = h("button", { type: "button", className: "button", onclick: () => void pick() }, option.label);
        return button;
      }),
    );
  };
  const input = h("input", { type: "search", placeholder: label, "aria-label": label, oninput: () => void suggest() });
  return h("div", { className: "search" }, input, list);
}
