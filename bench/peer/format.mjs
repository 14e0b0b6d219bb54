import { SlackFormatConverter } from "@chat-adapter/slack";
import { time } from "../src/subjects/samples.ts";

const converter = new SlackFormatConverter();
// What it posts with chat.postMessage: the Markdown for Slack to read, with mentions and emoji put right…
time("Chat SDK: toSlackPayload (Slack reads the Markdown)", (markdown) => converter.toSlackPayload({ markdown }));
// …and what it writes where Slack does not read Markdown.
time("Chat SDK: toResponseUrlText (mrkdwn)", (markdown) => converter.toResponseUrlText({ markdown }));
