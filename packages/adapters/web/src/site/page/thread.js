import { h, icon } from "./dom.js";
import { createMessage } from "./message.js";

/** @import { WebFile, WebLive, WebRecord } from "../../wire.ts" */
/** @import { Scene } from "./content.js" */
/** @import { MessageView } from "./message.js" */

const groupMs = 3 * 60_000;
const typingMs = 6_000;

/**
 * The list of messages: lays records over each other, keeps the reader at the end if that is where they are.
 *
 * @param {object} options
 * @param {(id: string) => Scene} options.sceneOf
 * @param {(id: string) => void} options.retry
 * @param {(id: string) => void} options.chosen The extra button of a message was pressed.
 * @param {(id: string | undefined) => void} options.growing The newest message that grows, if one does.
 */
export function createThread({ sceneOf, retry, chosen, growing }) {
  /** @type {Map<string, MessageView>} */
  const views = new Map();
  /** @type {Set<string>} */
  const pending = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typingTimer;
  let author = "Chat";
  let extraLabel = "";
  let following = true;
  let lastTop = 0;
  let caughtUp = false;
  /** @type {HTMLElement | undefined} First answer since the person did something: it is kept in view from its beginning. */
  let pin;

  const list = h("ol", { className: "messages" });
  const typing = h(
    "p",
    { className: "typing", hidden: true },
    h("span", { className: "dots" }, h("i"), h("i"), h("i")),
    h("span", { className: "words" }),
  );
  const empty = h("p", { className: "empty" }, "Say hello to start.");
  const log = h(
    "div",
    { className: "log", role: "log", tabIndex: 0, "aria-label": "Messages", "aria-live": "polite" },
    empty,
    list,
    typing,
  );
  const jump = h(
    "button",
    { type: "button", className: "jump", hidden: true, onclick: () => follow(true) },
    "Latest",
    icon("down"),
  );
  const element = h("div", { className: "thread" }, log, jump);
  empty.hidden = true;

  // Only a move upwards is a wish to stay: the list also grows below while it scrolls.
  log.addEventListener("scroll", () => {
    const below = log.scrollHeight - log.scrollTop - log.clientHeight;
    if (log.scrollTop < lastTop - 2) following = false;
    if (below < 4) {
      following = true;
      pin = undefined;
    }
    jump.hidden = below < 120;
    lastTop = log.scrollTop;
  });
  new ResizeObserver(() => keepUp()).observe(list);
  new ResizeObserver(() => keepUp()).observe(log);

  const follow = (/** @type {boolean} */ smooth) => {
    following = true;
    pin = undefined;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    log.scrollTo({ top: log.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
  };
  const keepUp = () => {
    const end = log.scrollHeight - log.clientHeight;
    const top = pin === undefined ? end : Math.min(end, pin.offsetTop - 16);
    if (following && top > log.scrollTop) log.scrollTop = top;
    if (pin !== undefined && end - top > 120) jump.hidden = false;
  };

  /**
   * @param {string} id
   * @param {{ from: "person" | "bot", at: number, text?: string, files: readonly WebFile[], replyTo?: string }} message
   */
  const add = (id, { from, at, text, files, replyTo }) => {
    const quoted = replyTo === undefined ? undefined : views.get(replyTo)?.element.querySelector(".content")?.textContent;
    const quote = quoted === undefined || quoted === null ? undefined : h("p", { className: "quote" }, quoted.slice(0, 140));
    const extra =
      from === "bot" && extraLabel !== ""
        ? h("button", { type: "button", className: "link extra", onclick: () => chosen(id) }, extraLabel)
        : undefined;
    const name = from === "bot" ? author : "You";
    const view = createMessage(
      {
        id,
        from,
        author: name,
        at,
        files,
        ...(text === undefined ? {} : { text }),
        ...(quote ? { quote } : {}),
        ...(extra ? { extra } : {}),
      },
      sceneOf(id),
      () => retry(id),
    );
    views.set(id, view);
    place(view);
    return view;
  };

  /** Confirmed messages stand in the order of the transcript, before those that are on their way. */
  const place = (/** @type {MessageView} */ view) => {
    const waiting = [...pending]
      .map((id) => views.get(id)?.element)
      .find((other) => other !== undefined && other !== view.element);
    list.insertBefore(view.element, pending.has(idOf(view)) ? null : (waiting ?? null));
    const before = [...views.values()].find((other) => other.element === view.element.previousElementSibling);
    view.element.classList.toggle("grouped", before !== undefined && before.from === view.from && view.at - before.at < groupMs);
    empty.hidden = true;
    if (view.from === "bot" && caughtUp) pin ??= view.element;
    keepUp();
  };
  const idOf = (/** @type {MessageView} */ view) => view.element.id.slice(2);

  const quiet = () => {
    clearTimeout(typingTimer);
    typing.hidden = true;
  };

  return {
    element,
    log,
    follow,
    /** @param {string} name */
    name(name) {
      author = name;
    },
    /** @param {string} label Text of an extra button beside each message of the bot. */
    extra(label) {
      extraLabel = label;
    },
    /** @param {string} id */
    said: (id) => ({ content: views.get(id)?.content ?? [], files: views.get(id)?.files ?? [] }),
    /**
     * A message of ours that the gateway has not confirmed.
     *
     * @param {{ id: string, text: string, files: readonly WebFile[] }} message
     */
    expect({ id, text, files }) {
      if (views.has(id)) return;
      pending.add(id);
      add(id, { from: "person", at: Date.now(), text, files }).state("sending");
      follow(false);
    },
    /** @param {string} id */
    sent(id) {
      views.get(id)?.state("sent");
    },
    /**
     * @param {string} id
     * @param {string} reason
     */
    failed(id, reason) {
      views.get(id)?.state("failed", reason);
    },
    /** @param {WebRecord} record */
    apply(record) {
      if (record.kind === "message" && record.from === "person") {
        const known = views.get(record.id);
        pending.delete(record.id);
        if (known === undefined) add(record.id, record);
        else place(known);
      } else if (record.kind === "message" && record.from === "bot") {
        quiet();
        const view = add(`b${record.n}`, record);
        view.say(record.content);
        view.stream(record.streaming === true);
        if (record.streaming === true) growing(`b${record.n}`);
      } else if (record.kind === "edit") {
        const view = views.get(record.id);
        if (view?.element.classList.contains("streaming")) {
          view.stream(false);
          growing([...views].findLast(([, { element: other }]) => other.classList.contains("streaming"))?.[0]);
        }
        view?.say(record.content, record.files);
        if (record.final !== true) view?.edited();
      } else if (record.kind === "delete") {
        views.get(record.id)?.element.remove();
        views.delete(record.id);
      } else if (record.kind === "reaction") {
        views.get(record.id)?.react(record.emoji, record.on);
      }
    },
    /** @param {WebLive} shown */
    show(shown) {
      if (shown.kind === "stream") {
        const view = views.get(shown.id);
        if (view?.element.classList.contains("streaming")) view.say(shown.content);
        return;
      }
      clearTimeout(typingTimer);
      typing.hidden = false;
      typing.lastElementChild?.replaceChildren(`${author} is typing`);
      typingTimer = setTimeout(quiet, typingMs);
      keepUp();
    },
    /** The person did something: what comes now is the answer. */
    acted() {
      follow(false);
    },
    ready() {
      caughtUp = true;
      empty.hidden = views.size > 0;
    },
    clear() {
      caughtUp = false;
      pin = undefined;
      views.clear();
      pending.clear();
      list.replaceChildren();
      quiet();
    },
  };
}
