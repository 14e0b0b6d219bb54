import { createHmac } from "node:crypto";
import { call, serveJson, type Stand } from "./http.ts";

const at = "2026-01-01T00:00:00.000+0000";
const person = (name: string): object => ({ name, key: name, displayName: name, active: true });

/** As much of a Jira Data Center as this bot uses: one issue with its comments and labels. Anything else is a 404. */
export async function startJira(
  about: { readonly title: string; readonly description: string } = {
    title: "The export fails",
    description: "Since yesterday the export of a large board *fails* with an error.",
  },
): Promise<Stand> {
  const [token, secret] = ["pretend-jira-token", "a long random text"];
  const comments: { readonly id: string; readonly author: object; readonly body: unknown }[] = [];
  const labels = ["web"];
  const issue = (): object => ({
    id: "10001",
    key: "APP-1",
    fields: {
      summary: about.title,
      description: about.description,
      issuetype: { id: "1", name: "Task" },
      project: { id: "1", key: "APP", name: "App" },
      status: { id: "1", name: "To Do", statusCategory: { key: "new" } },
      labels,
      reporter: person("ada"),
      created: at,
      updated: at,
    },
  });
  const add = (author: string, body: unknown): object => {
    const id = String(20_001 + comments.length);
    const made = { id, author: person(author), updateAuthor: person(author), body, created: at, updated: at };
    comments.push(made);
    return made;
  };
  const server = await serveJson(({ route, headers, sent }) => {
    if (headers["authorization"] !== `Bearer ${token}`) return undefined;
    switch (route) {
      case "GET /rest/api/2/myself":
        return person("triage");
      case "GET /rest/api/2/issue/APP-1":
        return issue();
      case "PUT /rest/api/2/issue/APP-1":
        for (const one of (sent as { update?: { labels?: { add?: string }[] } }).update?.labels ?? [])
          if (one.add) labels.push(one.add);
        return {};
      case "GET /rest/api/2/issue/APP-1/comment":
        return { startAt: 0, maxResults: 50, total: comments.length, comments };
      case "POST /rest/api/2/issue/APP-1/comment":
        return add("triage", sent["body"]);
      default:
        return undefined;
    }
  });
  return {
    name: "Jira",
    env: { JIRA_API_URL: server.url, JIRA_TOKEN: token, JIRA_WEBHOOK_SECRET: secret },
    async mention(text, bot) {
      const comment = add("ada", `[~triage] ${text}`);
      const body = JSON.stringify({ timestamp: Date.now(), webhookEvent: "comment_created", comment, issue: issue() });
      const signature = createHmac("sha256", secret).update(body).digest("hex");
      await call(`${bot}/webhooks/jira`, body, { "x-hub-signature": `sha256=${signature}` });
    },
    answer: async () => ({
      said: comments.filter(({ author }) => "name" in author && author.name === "triage").map(({ body }) => String(body)),
      labels,
    }),
    close: async () => await server.close(),
  };
}
