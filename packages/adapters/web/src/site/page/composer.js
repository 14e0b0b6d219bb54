import { ask } from "./connection.js";
import { h, icon, newId, sizeText } from "./dom.js";

/** @import { WebFile } from "../../wire.ts" */

/**
 * Where one writes: text, files by button, paste or drop. Enter sends, Shift and Enter make a line.
 *
 * @param {URL} base
 * @param {(text: string, files: readonly WebFile[]) => void} send
 */
export function createComposer(base, send) {
  /** @type {Map<string, WebFile | undefined>} What is attached; undefined while it is on its way. */
  const files = new Map();
  let maxBytes = Number.POSITIVE_INFINITY;
  let enabled = false;
  /** @type {(() => void) | undefined} */
  let stop;

  const tray = h("ul", { className: "tray", "aria-label": "Attached files" });
  const note = h("p", { className: "note", role: "status" });
  const input = h("textarea", {
    rows: 1,
    placeholder: "Write a message",
    "aria-label": "Message",
    enterKeyHint: "send",
    maxLength: 32_000,
    oninput: () => update(),
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      submit();
    },
    onpaste: (/** @type {ClipboardEvent} */ event) => {
      const pasted = [...(event.clipboardData?.files ?? [])];
      if (pasted.length === 0) return;
      event.preventDefault();
      for (const file of pasted) void attach(file);
    },
  });
  const picker = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    onchange: () => {
      for (const file of picker.files ?? []) void attach(file);
      picker.value = "";
    },
  });
  const attachButton = h(
    "button",
    { type: "button", className: "round", "aria-label": "Attach a file", title: "Attach a file", onclick: () => picker.click() },
    icon("attach"),
  );
  const sendButton = h("button", { type: "submit", className: "round send", "aria-label": "Send", title: "Send" }, icon("send"));
  const stopButton = h(
    "button",
    { type: "button", className: "round stop", "aria-label": "Stop", title: "Stop", hidden: true, onclick: () => stop?.() },
    icon("stop"),
  );
  const row = h("div", { className: "row" }, attachButton, input, stopButton, sendButton);
  const element = h(
    "form",
    {
      className: "composer",
      onsubmit: (/** @type {Event} */ event) =>
        (event.preventDefault(), submit()),
    },
    tray,
    note,
    row,
    picker,
  );

  const update = () => {
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
    const waiting = [...files.values()].includes(undefined);
    const empty = input.value.trim() === "" && files.size === 0;
    sendButton.disabled = !enabled || waiting || empty;
    stopButton.hidden = stop === undefined;
    sendButton.hidden = empty && !stopButton.hidden;
  };

  const submit = () => {
    update();
    if (sendButton.disabled) return;
    send(
      input.value,
      [...files.values()].filter((file) => file !== undefined),
    );
    input.value = "";
    note.textContent = "";
    files.clear();
    tray.replaceChildren();
    update();
    input.focus();
  };

  /** @param {File} file */
  const attach = async (file) => {
    note.textContent = "";
    if (file.size > maxBytes) {
      note.textContent = `${file.name} is too large: ${sizeText(maxBytes)} at most.`;
      return;
    }
    if (files.size >= 10) {
      note.textContent = "Ten files are the most for one message.";
      return;
    }
    const id = newId();
    files.set(id, undefined);
    const detach = () => {
      files.delete(id);
      line.remove();
      update();
    };
    const remove = h(
      "button",
      { type: "button", className: "link", "aria-label": `Remove ${file.name}`, onclick: detach },
      icon("close"),
    );
    const line = h("li", { className: "busy" }, h("span", {}, file.name), h("small", {}, sizeText(file.size)), remove);
    tray.append(line);
    update();
    try {
      const kept = await ask(base, `files?id=${id}&name=${encodeURIComponent(file.name)}`, file);
      if (files.has(id)) files.set(id, kept);
      line.classList.remove("busy");
    } catch (error) {
      detach();
      note.textContent = `${file.name} was not attached. ${error instanceof Error ? error.message : ""}`;
    }
    update();
  };

  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    element.addEventListener(name, (event) => {
      event.preventDefault();
      element.classList.toggle("over", name === "dragenter" || name === "dragover");
    });
  }
  element.addEventListener("drop", (event) => {
    for (const file of event.dataTransfer?.files ?? []) void attach(file);
  });
  update();

  return {
    element,
    focus: () => input.focus({ preventScroll: true }),
    /** @param {(() => void) | undefined} run Ends the text that is growing, if one is. */
    stoppable(run) {
      stop = run;
      update();
    },
    /** @param {number} maxUploadBytes */
    enable(maxUploadBytes) {
      maxBytes = maxUploadBytes;
      enabled = true;
      update();
    },
  };
}
