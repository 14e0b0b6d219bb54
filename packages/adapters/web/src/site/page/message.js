import { showContent } from "./content.js";
import { h } from "./dom.js";
import { renderFile } from "./files.js";

/** @import { Content } from "@devflow/gateway/contract" */
/** @import { WebFile } from "../../wire.ts" */
/** @import { Scene } from "./content.js" */

/**
 * One message in the list.
 *
 * @typedef {object} MessageView
 * @property {HTMLLIElement} element
 * @property {"person" | "bot"} from
 * @property {number} at
 * @property {Content} content What it says; empty for a person.
 * @property {readonly WebFile[]} files
 * @property {(content: Content, files?: readonly WebFile[]) => void} say
 * @property {(streaming: boolean) => void} stream
 * @property {(state: "sending" | "sent" | "failed", reason?: string) => void} state
 * @property {(emoji: string, on: boolean) => void} react
 * @property {() => void} edited
 */

/**
 * @param {object} message
 * @param {string} message.id
 * @param {"person" | "bot"} message.from
 * @param {string} message.author
 * @param {number} message.at
 * @param {string} [message.text] What a person typed.
 * @param {readonly WebFile[]} message.files
 * @param {HTMLElement} [message.quote]
 * @param {HTMLElement} [message.extra] Beside the time.
 * @param {Scene} scene
 * @param {() => void} retry
 * @returns {MessageView}
 */
export function createMessage({ id, from, author, at, text, files, quote, extra }, scene, retry) {
  const body = h("div", { className: "content" });
  const attachments = h("div", { className: "files" });
  const reactions = h("div", { className: "reactions", "aria-label": "Reactions" });
  const time = h("time", { dateTime: new Date(at).toISOString(), title: new Date(at).toLocaleString() }, clockText(at));
  const change = h("span", { className: "changed" });
  const note = h("p", { className: "note", role: "status" });
  const meta = h("p", { className: "meta" }, h("span", { className: "author" }, author), time, change, extra);
  const element = h("li", { className: `message ${from}`, id: `m-${id}` }, meta, quote, body, attachments, reactions, note);
  if (text !== undefined && text !== "") body.append(h("p", {}, text));

  /** @param {readonly WebFile[]} list */
  const attach = (list) => {
    attachments.replaceChildren(...list.map((file) => renderFile(file, scene.base)));
    attachments.hidden = list.length === 0;
  };
  attach(files);
  reactions.hidden = true;

  /** @type {MessageView} */
  const view = {
    element,
    from,
    at,
    content: [],
    files,
    say(content, list) {
      view.content = content;
      showContent(body, content, scene);
      if (list !== undefined) attach((view.files = list));
    },
    stream(streaming) {
      element.classList.toggle("streaming", streaming);
      // Readers of the screen hear a growing message once, when it is whole.
      element.setAttribute("aria-busy", String(streaming));
    },
    state(state, reason) {
      element.classList.toggle("sending", state === "sending");
      element.classList.toggle("failed", state === "failed");
      note.replaceChildren();
      if (state === "failed") {
        note.append(
          `Not sent. ${reason ?? ""} `,
          h("button", { type: "button", className: "link", onclick: retry }, "Try again"),
        );
      }
    },
    react(emoji, on) {
      const chip = [...reactions.children].find((child) => child.textContent === emoji);
      if (on && chip === undefined) reactions.append(h("span", { className: "reaction" }, emoji));
      if (!on) chip?.remove();
      reactions.hidden = reactions.childElementCount === 0;
    },
    edited() {
      change.textContent = "edited";
    },
  };
  return view;
}

/** @param {number} at */
function clockText(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
