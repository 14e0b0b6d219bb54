/** @import { WebLive, WebRecord } from "../../wire.ts" */

/**
 * @typedef {object} SessionInfo
 * @property {string} room
 * @property {string} title
 * @property {number} maxUploadBytes
 * @property {number} beatMs
 */

/** A refusal by the gateway, in words for the person. `final` says that trying again will not help. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {number} status
   */
  constructor(message, status) {
    super(message);
    this.status = status;
    this.final = status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429;
  }
}

/** Hears of each request that found no session. */
const lost = new EventTarget();

/**
 * Asks the gateway, with the session's cookie.
 *
 * @param {URL} base
 * @param {string} path
 * @param {unknown} body JSON, or a Blob as it is.
 * @param {AbortSignal | null} signal
 * @returns {Promise<any>}
 */
export async function ask(base, path, body, signal = null) {
  const raw = body instanceof Blob;
  const response = await fetch(`${base.href}/${path}`, {
    method: "POST",
    credentials: "include",
    headers: { "content-type": raw ? body.type || "application/octet-stream" : "application/json" },
    body: raw ? body : JSON.stringify(body),
    signal,
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok || (response.status === 422 && answer.errors !== undefined)) return answer;
  if (response.status === 401) lost.dispatchEvent(new Event("lost"));
  throw new Refused(answer.error ?? `The gateway answered ${response.status}.`, response.status);
}

/**
 * @typedef {object} Ears
 * @property {(info: SessionInfo) => void} onsession Called before the first record, and again when the session is another one.
 * @property {(record: WebRecord) => void} onrecord
 * @property {(live: WebLive) => void} onlive
 * @property {() => void} onready Everything kept so far has been handed over.
 * @property {() => void} onreset What was handed over is no longer so: begin afresh.
 * @property {(state: "connecting" | "open" | "waiting") => void} onstate
 */

/** A browser opens six connections to one place: tabs that nobody looks at must not hold them all. */
const restMs = 60_000;
/** A question for the session that is on its way for this long is lost, as after the machine's sleep. */
const patienceMs = 10_000;

/**
 * Keeps one event stream open, across restarts of the gateway, sleep of the machine and lines that fall silent.
 *
 * @param {URL} base
 * @param {Ears} ears
 * @returns {{ close(): void }}
 */
export function connect(base, ears) {
  /** @type {EventSource | undefined} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  let room = "";
  let last = 0;
  let failures = 0;
  let heardAt = 0;
  let silenceMs = 45_000;
  let closed = false;
  let opening = false;

  const hear = () => {
    heardAt = Date.now();
    failures = 0;
  };

  const again = () => {
    source?.close();
    source = undefined;
    if (closed) return;
    ears.onstate("waiting");
    clearTimeout(timer);
    timer = setTimeout(() => void open(), Math.min(10_000, 500 * 2 ** failures++) * (0.75 + Math.random() / 2));
  };

  const open = async () => {
    // What comes back of two would be two streams, and for a new person two rooms.
    if (opening) return;
    opening = true;
    ears.onstate(room === "" ? "connecting" : "waiting");
    try {
      /** @type {SessionInfo} */
      const info = await ask(base, "session", {}, AbortSignal.timeout(patienceMs));
      if (closed) return;
      silenceMs = info.beatMs * 3;
      if (info.room !== room) {
        if (room !== "") ears.onreset();
        last = 0;
        room = info.room;
        ears.onsession(info);
      }
    } catch {
      return again();
    } finally {
      opening = false;
    }
    listen(new EventSource(`${base.href}/events?after=${last}`, { withCredentials: true }));
  };

  /** @param {EventSource} opened */
  const listen = (opened) => {
    source = opened;
    heardAt = Date.now();
    const on = (/** @type {string} */ name, /** @type {(data: any, event: MessageEvent) => void} */ run) =>
      opened.addEventListener(name, (event) => {
        if (source !== opened) return;
        hear();
        run(JSON.parse(event.data), event);
      });
    opened.addEventListener("open", () => {
      if (source === opened) ears.onstate("open");
      hear();
    });
    on("record", (record) => {
      // The same record twice is what a resumed stream may bring.
      if (record.n <= last) return;
      last = record.n;
      ears.onrecord(record);
    });
    on("live", (live) => ears.onlive(live));
    on("ready", () => ears.onready());
    on("beat", () => {});
    on("reset", () => {
      last = 0;
      ears.onreset();
    });
    // The browser would dial again by itself, but not after a refusal, and with a pause that only grows.
    opened.addEventListener("error", () => {
      if (source === opened) again();
    });
  };

  const watch = setInterval(() => {
    if (source !== undefined && Date.now() - heardAt > silenceMs) again();
  }, 5_000);
  const wake = () => {
    if (source !== undefined || closed) return;
    clearTimeout(timer);
    failures = 0;
    void open();
  };
  const rest = () => {
    source?.close();
    source = undefined;
    clearTimeout(timer);
  };
  const look = () => {
    clearTimeout(resting);
    if (document.visibilityState === "hidden") resting = setTimeout(rest, restMs);
    else wake();
  };
  // A session that is over is over for the stream as well, although that one was let in.
  const renew = () => {
    if (source !== undefined) again();
  };
  lost.addEventListener("lost", renew);
  window.addEventListener("online", wake);
  document.addEventListener("visibilitychange", look);
  void open();

  return {
    close() {
      closed = true;
      source?.close();
      clearInterval(watch);
      clearTimeout(timer);
      lost.removeEventListener("lost", renew);
      window.removeEventListener("online", wake);
      clearTimeout(resting);
      document.removeEventListener("visibilitychange", look);
    },
  };
}
