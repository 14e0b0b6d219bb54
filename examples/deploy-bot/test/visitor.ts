import { randomUUID } from "node:crypto";
import type { Content } from "@devflow/gateway";
import { plainText } from "@devflow/gateway/kit";

/** Somebody with the page open. */
export interface Visitor {
  say(text: string): Promise<void>;
  /** Presses a button below the last message that has it. */
  press(label: string): Promise<void>;
  /** What the bot has said, oldest first, as plain text; buttons in brackets. */
  heard(): Promise<readonly string[]>;
}

interface Heard {
  readonly n: number;
  readonly kind: string;
  readonly from?: string;
  readonly content?: Content;
}

/** Opens the page of a bot as a browser does. */
export async function visit(url: string): Promise<Visitor> {
  const own = { "sec-fetch-site": "same-origin", origin: url, "content-type": "application/json" };
  const session = await fetch(`${url}/chat/session`, { method: "POST", headers: own });
  const cookie = session.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
  const post = async (path: string, body: object): Promise<void> => {
    const headers = { ...own, cookie };
    const { status } = await fetch(url + path, { method: "POST", headers, body: JSON.stringify({ id: randomUUID(), ...body }) });
    if (status !== 202) throw new Error(`${path}: ${status}`);
  };

  /** Everything kept, up to the event that says so. */
  async function records(): Promise<readonly Heard[]> {
    const { body } = await fetch(`${url}/chat/events`, { headers: { ...own, cookie } });
    let text = "";
    for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece;
      if (text.includes("event: ready")) break;
    }
    const found = [...text.matchAll(/^event: record\ndata: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data) as Heard);
    return found.filter(({ kind, from }) => kind === "message" && from === "bot");
  }

  return {
    say: async (text) => await post("/chat/messages", { text }),
    async press(label) {
      for (const { n, content = [] } of (await records()).toReversed()) {
        const buttons = content.flatMap((block) => (block.type === "actions" ? block.items : []));
        const index = buttons.findIndex((one) => one.label === label);
        const button = buttons[index];
        if (button?.kind === "button") return await post("/chat/actions", { messageId: `b${n}`, action: button.id, index });
      }
      throw new Error(`no button ${label}`);
    },
    heard: async () => (await records()).map(({ content = [] }) => textOf(content)),
  };
}

function textOf(content: Content): string {
  const buttons = content.flatMap((block) => (block.type === "actions" ? block.items.map(({ label }) => ` [${label}]`) : []));
  return plainText(content.filter(({ type }) => type !== "actions")) + buttons.join("");
}
