import { degrade, parseMarkdown, splitContent } from "@devflow/gateway/kit";
import { slack } from "@devflow/slack";
import { time } from "./samples.ts";

// The whole way of a reply: read the Markdown, fit it to Slack's table, split what is too long, write each part.
const { capabilities, formatter } = slack();
const to = { platform: "slack", account: "T0BENCH001", room: "C0BENCH001", thread: "1700000000.000100" };

time("DevFlow: parse, degrade, split, format", (markdown) => {
  const table = capabilities(to);
  const { content } = degrade(parseMarkdown(markdown), table);
  return splitContent(content, table.text.limit, (part) => formatter.measure(part)).map((part) =>
    formatter.format({ kind: "message.post", draft: { content: part, attachments: [] } }, to),
  );
});
