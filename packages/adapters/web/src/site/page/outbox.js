import { ask, Refused } from "./connection.js";

/**
 * A message on its way out.
 *
 * @typedef {object} Pending
 * @property {string} id
 * @property {string} text
 * @property {readonly import("../../wire.ts").WebFile[]} files
 */

/**
 * Messages that the gateway has not confirmed. They survive a reload, go out one after another, and are repeated with the
 * same id until they are taken or refused for good.
 *
 * @param {URL} base
 * @param {string} room
 * @param {readonly Pending[]} left Of the session before this one.
 * @param {{ onsent(message: Pending): void, onfailed(message: Pending, reason: string): void }} ears
 */
export function createOutbox(base, room, left, ears) {
  const slot = `devflow-chat:${base.pathname}:${room}`;
  /** @type {Pending[]} */
  let queue = [...load(slot), ...left];
  /** @type {Set<string>} */
  const failed = new Set();
  let running = false;
  let closed = false;

  const save = () => {
    try {
      if (queue.length === 0) localStorage.removeItem(slot);
      else localStorage.setItem(slot, JSON.stringify(queue));
    } catch {
      // A full or forbidden storage costs only the memory across reloads.
    }
  };

  const run = async () => {
    if (running) return;
    running = true;
    let failures = 0;
    for (let message = next(); message !== undefined; message = next()) {
      try {
        const files = message.files.map((file) => file.file);
        await ask(base, "messages", { id: message.id, text: message.text, files });
        drop(message.id);
        ears.onsent(message);
        failures = 0;
      } catch (error) {
        if (error instanceof Refused && error.final) {
          failed.add(message.id);
          ears.onfailed(message, error.message);
        } else {
          await new Promise((resolve) => setTimeout(resolve, Math.min(8_000, 500 * 2 ** failures++)));
        }
      }
    }
    running = false;
  };

  const next = () => (closed ? undefined : queue.find((message) => !failed.has(message.id)));
  const drop = (/** @type {string} */ id) => {
    queue = queue.filter((message) => message.id !== id);
    failed.delete(id);
    save();
  };

  if (left.length > 0) save();
  void run();
  return {
    /** @returns {readonly Pending[]} */
    pending: () => queue,
    /** @param {Pending} message */
    send(message) {
      queue.push(message);
      save();
      void run();
    },
    /** @param {string} id */
    retry(id) {
      failed.delete(id);
      void run();
    },
    /**
     * The transcript has it: whatever became of our request, it arrived. The gateway may still want to hear it again.
     *
     * @param {string} id
     */
    has: (id) => queue.some((message) => message.id === id),
    close() {
      closed = true;
    },
    /**
     * Closes, for the outbox of the session that follows.
     *
     * @returns {readonly Pending[]}
     */
    leave() {
      closed = true;
      const waiting = queue;
      queue = [];
      save();
      return waiting;
    },
  };
}

/**
 * @param {string} slot
 * @returns {Pending[]}
 */
function load(slot) {
  try {
    const kept = JSON.parse(localStorage.getItem(slot) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}
