import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { numberIn, slack } from "./subjects/protocol.ts";

/** What the imitation of Slack has been told so far. */
export interface Heard {
  /** Different messages that were answered. */
  readonly answered: number;
  /** Posts in all. */
  readonly posts: number;
  /** Calls of other methods. */
  readonly others: Readonly<Record<string, number>>;
  /** When the answer to each message first came, by the message's number: microseconds of the machine's monotonic clock. */
  readonly atUs: readonly (readonly [number: string, atUs: number])[];
}

const seen = new Map<string, number>();
const others: Record<string, number> = {};
let posts = 0;

const identity = { user_id: slack.botUserId, bot_id: slack.botId, team_id: slack.team, user: "bench", team: "Bench" };
const answers: Readonly<Record<string, object>> = {
  "auth.test": { url: "https://bench.slack.com/", ...identity },
  "users.info": { user: { id: "U0", name: "ada", real_name: "Ada", profile: { display_name: "ada", real_name: "Ada" } } },
  "conversations.info": { channel: { id: "C0", name: "build", is_channel: true } },
  // GitHub and GitLab, and Jira, ask who we are by these.
  user: { id: 1, login: "bench", username: "bench", name: "Bench", type: "Bot" },
  myself: { accountId: "bench", accountType: "app", displayName: "Bench" },
};

// A process of its own: Slack's Web API as far as a bot needs it that answers mentions.
const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (piece: string) => (body += piece));
  request.on("end", () => {
    const method = request.url?.split("/").at(-1)?.split("?")[0] ?? "";
    let answer = answers[method] ?? {};
    if (method === "chat.postMessage") {
      posts += 1;
      const text = body.startsWith("{") ? body : decodeURIComponent(body);
      const number = numberIn(text);
      if (!seen.has(number)) seen.set(number, Number(process.hrtime.bigint() / 1000n));
      answer = { channel: "C0", ts: `1700000000.${String(posts).padStart(6, "0")}`, message: { text: "" } };
    } else others[method] = (others[method] ?? 0) + 1;
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify({ ok: true, ...answer }));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  process.on("message", () => process.send?.({ answered: seen.size, posts, others, atUs: [...seen] } satisfies Heard));
  process.on("disconnect", () => process.exit(0));
  process.send?.({ type: "ready", port: (server.address() as AddressInfo).port });
});
