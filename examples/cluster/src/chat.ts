import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Signs the webhooks of the chat and the answers to them. */
export const secret = `whsec_${Buffer.from("a cluster on one machine, to see").toString("base64")}`;
const key = Buffer.from(secret.slice("whsec_".length), "base64");

/** An answer as the chat got it. `id` is the same when it is sent again. */
export interface Answer {
  readonly id: string;
  readonly room: string;
  readonly text: string;
  readonly by: string;
}

/** A chat service on this machine: it delivers what is said to gateways, and keeps what they answer. */
export async function startChat() {
  const answers: Answer[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { room, text: said } = JSON.parse(Buffer.concat(pieces).toString()) as {
        readonly room: string;
        readonly text: string;
      };
      const [text = "", by = ""] = said.split(", says ");
      answers.push({ id: String(request.headers["webhook-id"]), room, text, by });
      response.end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    /** Delivers a message to whichever gateway comes next, again and again until one takes it. */
    async deliver(room: string, text: string, nextPort: () => number): Promise<void> {
      const id = `${room}-${text}`;
      while (!(await post(nextPort(), id, JSON.stringify({ type: "message", id, room, text })))) await sleep(50);
    },
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function post(port: number, id: string, body: string): Promise<boolean> {
  const seconds = Math.floor(Date.now() / 1000);
  const signature = `v1,${createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64")}`;
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": signature,
  };
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/webhooks/chat`, { method: "POST", headers, body });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
