import { afterEach, describe, expect, it, vi } from "vitest";

/** What the page's module offers; it is plain JavaScript that browsers run as it is. */
interface Connection {
  connect(base: URL, ears: Readonly<Record<string, (argument?: never) => void>>): { close(): void };
}

const script = new URL("../src/site/page/connection.js", import.meta.url).href;

class Stream extends EventTarget {
  static opened: Stream[] = [];
  closed = false;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    Stream.opened.push(this);
  }
  close(): void {
    this.closed = true;
  }
}

/** A browser, as far as the connection looks at it: requests for the session wait until `answer` is called. */
async function browser() {
  const { connect } = (await import(script)) as Connection;
  const asked: (() => void)[] = [];
  const session = { room: "r", title: "Bot", maxUploadBytes: 1, beatMs: 15_000 };
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const window = new EventTarget();
  Stream.opened = [];
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", window);
  vi.stubGlobal("EventSource", Stream);
  vi.stubGlobal("fetch", () => new Promise((resolve) => asked.push(() => resolve(Response.json(session)))));
  const ears = Object.fromEntries(
    ["session", "record", "live", "ready", "reset", "state"].map((name) => [`on${name}`, () => {}]),
  );
  return {
    line: connect(new URL("http://localhost/chat"), ears),
    wake: () => window.dispatchEvent(new Event("online")),
    look: () => page.dispatchEvent(new Event("visibilitychange")),
    async answer() {
      for (const go of asked.splice(0)) go();
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
    asked: () => asked.length,
  };
}

afterEach(() => vi.unstubAllGlobals());

describe("the page's line", () => {
  it("is one, however often the browser says that it is back: a browser has six for one place", async () => {
    const { line, wake, look, answer, asked } = await browser();
    wake();
    look();
    expect(asked()).toBe(1);
    await answer();
    wake();
    expect(asked()).toBe(0);
    expect(Stream.opened.filter(({ closed }) => !closed)).toHaveLength(1);
    line.close();
    expect(Stream.opened.filter(({ closed }) => !closed)).toHaveLength(0);
  });
});
