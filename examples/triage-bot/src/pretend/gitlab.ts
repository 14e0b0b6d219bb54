import { createHmac, randomUUID } from "node:crypto";
import { call, serveJson, type Stand } from "./http.ts";

const ada = { id: 42, username: "ada", name: "Ada" };
const triage = { id: 7, username: "triage", name: "Triage", bot: true };
const project = { id: 1, name: "app", path_with_namespace: "octo/app", web_url: "http://gitlab.example/octo/app" };
const base = "/api/v4/projects/octo%2Fapp";

/** As much of a GitLab as this bot uses: one issue with its notes and labels, and one webhook. Anything else is a 404. */
export async function startGitlab(): Promise<Stand> {
  const [token, secret] = ["glpat-pretend", "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHQ="];
  const notes: { readonly id: number; readonly author: object; readonly body: unknown }[] = [];
  const labels = ["web"];
  const hooks: object[] = [];
  const issue = (): object => ({
    id: 301,
    iid: 5,
    title: "The page is slow",
    description: "Latency of the **start page** has doubled since 2.3.",
    state: "opened",
    labels,
    author: ada,
    web_url: `${project.web_url}/-/issues/5`,
  });
  const add = (author: object, body: unknown): { readonly id: number } => {
    const made = { id: 1_001 + notes.length, author, body, system: false, created_at: new Date().toISOString() };
    notes.push(made);
    return made;
  };
  const server = await serveJson(({ route, headers, sent }) => {
    if (headers["private-token"] !== token) return undefined;
    switch (route) {
      case "GET /api/v4/user":
        return triage;
      case `GET ${base}/issues/5`:
        return issue();
      case `PUT ${base}/issues/5`:
        labels.push(...(sent as { readonly add_labels: string }).add_labels.split(","));
        return issue();
      case `GET ${base}/issues/5/notes`:
        return notes.toReversed();
      case `POST ${base}/issues/5/notes`:
        return add(triage, sent["body"]);
      case `GET ${base}/hooks`:
        return hooks;
      case `POST ${base}/hooks`:
        hooks.push({ ...sent, id: 1, alert_status: "executable", signing_token_present: true });
        return hooks[0];
      case `GET ${base}/hooks/1`:
        return hooks[0];
      case `GET ${base}/hooks/1/events`:
        return [];
      default:
        return undefined;
    }
  });
  return {
    name: "GitLab",
    env: { GITLAB_API_URL: server.url, GITLAB_TOKEN: token, GITLAB_WEBHOOK_SECRET: secret, GITLAB_PROJECTS: "octo/app" },
    async mention(text, bot) {
      const note = `@triage ${text}`;
      const { id } = add(ada, note);
      const now = new Date().toISOString();
      const attributes = { id, note, noteable_type: "Issue", author_id: ada.id, system: false, action: "create", type: null };
      const body = JSON.stringify({
        object_kind: "note",
        event_type: "note",
        user: ada,
        project_id: 1,
        project,
        object_attributes: { ...attributes, created_at: now, updated_at: now, url: `${project.web_url}/-/issues/5#note_${id}` },
        issue: { ...issue(), labels: labels.map((title, index) => ({ id: index + 1, title })) },
      });
      const [uuid, time] = [randomUUID(), String(Math.floor(Date.now() / 1000))];
      const signature = createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
        .update(`${uuid}.${time}.${body}`)
        .digest("base64");
      const signed = { "webhook-id": uuid, "webhook-timestamp": time, "webhook-signature": `v1,${signature}` };
      await call(`${bot}/webhooks/gitlab`, body, { "x-gitlab-event": "Note Hook", ...signed });
    },
    answer: async () => ({ said: notes.filter(({ author }) => author === triage).map(({ body }) => String(body)), labels }),
    close: async () => await server.close(),
  };
}
