import { createComposer } from "./composer.js";
import { ask, connect } from "./connection.js";
import { createDialog } from "./dialog.js";
import { h, newId } from "./dom.js";
import { createOutbox } from "./outbox.js";
import { createThread } from "./thread.js";

/** @import { WebRecord } from "../../wire.ts" */

/** A form that was opened longer ago than this is history, not a question. */
const formMs = 10 * 60_000;

const states = { connecting: "Connecting…", open: "Connected", waiting: "Offline. Trying again…" };

/**
 * The chat as an element: `<devflow-chat src="/chat">`. Attributes: `src`, the address of the chat; `label`, the name shown
 * until the gateway tells its own; `extra`, the text of a button beside each message of the bot. Events, all bubbling:
 * `devflow-message` with `{ id, content, files, streaming }` whenever a message of the bot is new or changed, `devflow-extra`
 * with `{ id, content, files }` when that button is pressed.
 */
class ChatElement extends HTMLElement {
  /** @type {{ close(): void } | undefined} */
  #line;
  /** @type {ReturnType<typeof createOutbox> | undefined} */
  #outbox;

  connectedCallback() {
    if (this.#line !== undefined) return;
    const base = new URL((this.getAttribute("src") ?? "/chat").replace(/\/+$/, ""), document.baseURI);
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.#line = this.#start(base, root);
  }

  disconnectedCallback() {
    this.#line?.close();
    this.#outbox?.close();
    this.#line = undefined;
    this.#outbox = undefined;
  }

  /**
   * @param {URL} base
   * @param {ShadowRoot} root
   */
  #start(base, root) {
    const title = h("h1", {}, this.getAttribute("label") ?? "Chat");
    const status = h("p", { className: "status connecting", role: "status" }, states.connecting);
    const thread = createThread({
      sceneOf: (id) => ({
        base,
        press: async (press) => {
          await ask(base, "actions", { id: newId(), messageId: id, ...press });
          thread.acted();
        },
        suggest: async (field, query) => (await ask(base, "options", { id: newId(), field, query })).options,
      }),
      retry: (id) => this.#outbox?.retry(id),
      growing: (messageId) => {
        const stop = async () => {
          composer.stoppable(undefined);
          await ask(base, "stops", { messageId }).catch(() => {});
        };
        composer.stoppable(messageId === undefined ? undefined : () => void stop());
      },
      chosen: (id) => this.#tell("devflow-extra", { id, ...thread.said(id) }),
    });
    thread.name(this.getAttribute("label") ?? "Chat");
    thread.extra(this.getAttribute("extra") ?? "");
    const composer = createComposer(base, (text, files) => {
      const message = { id: newId(), text, files };
      thread.expect(message);
      this.#outbox?.send(message);
    });
    const chat = h(
      "section",
      { className: "chat", "aria-label": "Chat" },
      h("header", {}, title, status),
      thread.element,
      composer.element,
    );
    chat.hidden = true;
    const styles = ["element.css", "thread.css", "content.css", "controls.css"].map((name) => {
      const link = h("link", { rel: "stylesheet", href: new URL(`./${name}`, import.meta.url).href });
      return {
        link,
        loaded: new Promise((resolve) => ["load", "error"].forEach((event) => link.addEventListener(event, resolve))),
      };
    });
    root.replaceChildren(...styles.map(({ link }) => link), chat);
    void Promise.all(styles.map(({ loaded }) => loaded)).then(() => {
      chat.hidden = false;
      thread.follow(false);
      if (matchMedia("(hover: hover)").matches && document.activeElement === document.body) composer.focus();
    });

    /** @type {Map<number, WebRecord & { kind: "form" }>} */
    const forms = new Map();
    let ready = false;
    const openForms = () => {
      const [newest] = [...forms.values()].filter(({ n, at }) => Date.now() - at < formMs && !dismissed(n)).slice(-1);
      forms.clear();
      if (newest !== undefined) this.#open(base, root, newest);
    };

    return connect(base, {
      onstate: (state) => {
        status.className = `status ${state}`;
        status.textContent = states[state];
      },
      onsession: (info) => {
        title.textContent = info.title;
        thread.name(info.title);
        composer.enable(info.maxUploadBytes);
        this.#outbox = createOutbox(base, info.room, this.#outbox?.leave() ?? [], {
          onsent: ({ id }) => thread.sent(id),
          onfailed: ({ id }, reason) => thread.failed(id, reason),
        });
      },
      onrecord: (record) => {
        thread.apply(record);
        if (record.kind === "form") forms.set(record.n, record);
        if (record.kind === "form.done") forms.delete(record.of);
        if (ready && forms.size > 0) openForms();
        const id =
          record.kind === "edit" ? record.id : record.kind === "message" && record.from === "bot" ? `b${record.n}` : undefined;
        if (id === undefined || (record.kind !== "edit" && record.kind !== "message")) return;
        const streaming = record.kind === "message" && record.from === "bot" && record.streaming === true;
        this.#tell("devflow-message", { id, ...thread.said(id), streaming });
      },
      onlive: (live) => {
        thread.show(live);
        if (live.kind === "stream") this.#tell("devflow-message", { id: live.id, ...thread.said(live.id), streaming: true });
      },
      onready: () => {
        ready = true;
        for (const message of this.#outbox?.pending() ?? []) thread.expect(message);
        thread.ready();
        openForms();
      },
      onreset: () => {
        ready = false;
        forms.clear();
        thread.clear();
      },
    });
  }

  /**
   * @param {URL} base
   * @param {ShadowRoot} root
   * @param {WebRecord & { kind: "form" }} record
   */
  #open(base, root, { n, form }) {
    root.querySelector("dialog")?.close();
    // One id for all tries of one dialog: a repeated submission is one.
    const id = newId();
    const dialog = createDialog(
      form,
      async (values) => (await ask(base, "forms", { id, form: n, values })).errors ?? {},
      () => sessionStorage.setItem(`devflow-form-${n}`, "dismissed"),
    );
    root.append(dialog);
    dialog.showModal();
  }

  /**
   * @param {string} name
   * @param {object} detail
   */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** @param {number} n */
function dismissed(n) {
  return sessionStorage.getItem(`devflow-form-${n}`) !== null;
}

if (customElements.get("devflow-chat") === undefined) customElements.define("devflow-chat", ChatElement);
