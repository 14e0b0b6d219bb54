import { createSlackAdapter } from "@chat-adapter/slack";
import { createMemoryState } from "@chat-adapter/state-memory";
import { Chat } from "chat";
import { Meter, readSetup } from "../src/subjects/control.ts";
import { listen } from "../src/subjects/http.ts";
import { answerTo, slack } from "../src/subjects/protocol.ts";

const { mode, apiUrl } = readSetup();
const meter = new Meter();

const bot = new Chat({
  userName: "bench",
  adapters: { slack: createSlackAdapter({ botToken: slack.botToken, signingSecret: slack.signingSecret, apiUrl }) },
  state: createMemoryState(),
  logger: "silent",
  // The default, "drop", loses what comes while a handler runs; "queue" hands over the latest and skips the rest.
  concurrency: "concurrent",
});
bot.onNewMention(async (thread, message) => {
  if (mode === "reply") await thread.post({ markdown: answerTo(message.text) });
  meter.hit();
});

const port = await listen(async ({ method = "GET", url = "/", headers }, body) => {
  const request = new Request(`http://localhost${url}`, { method, headers, body });
  const response = await bot.webhooks.slack(request, { waitUntil: (work) => void work.catch(() => {}) });
  return { status: response.status, body: await response.text() };
});
meter.answer(port, async () => {});
