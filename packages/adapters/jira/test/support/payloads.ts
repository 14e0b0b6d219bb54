import { botId, now, site } from "./index.ts";

export const ada = {
  accountId: "712020:ada",
  accountType: "atlassian",
  displayName: "Ada",
  self: `${site}/rest/api/2/user?accountId=1`,
};
export const bot = { accountId: botId, accountType: "app", displayName: "DevFlow" };

const statuses = {
  todo: { id: "1", name: "To Do", statusCategory: { key: "new" } },
  doing: { id: "3", name: "In Progress", statusCategory: { key: "indeterminate" } },
  done: { id: "5", name: "Done", statusCategory: { key: "done" } },
};

/** An issue as webhooks have it. */
export function issue(fields: object = {}, status: keyof typeof statuses = "todo"): Record<string, unknown> {
  return {
    id: "10012",
    key: "APP-12",
    self: `${site}/rest/api/2/issue/10012`,
    fields: {
      summary: "It breaks",
      description: "When *saving*.",
      issuetype: { id: "10001", name: "Bug" },
      project: { id: "10000", key: "APP", name: "App" },
      priority: { id: "2", name: "High" },
      labels: ["web"],
      status: statuses[status],
      assignee: null,
      reporter: ada,
      creator: ada,
      created: "2026-01-01T00:00:00.000+0000",
      updated: "2026-01-01T00:00:00.000+0000",
      ...fields,
    },
  };
}

/** A comment as webhooks have it. */
export function comment(changes: object = {}): Record<string, unknown> {
  const at = "2026-01-01T00:00:00.000+0000";
  return { id: "20001", author: ada, updateAuthor: ada, body: "hello", created: at, updated: at, jsdPublic: true, ...changes };
}

/** A webhook about an issue. */
export function updated(items: readonly object[], changes: object = {}): Record<string, unknown> {
  return {
    timestamp: now,
    webhookEvent: "jira:issue_updated",
    issue_event_type_name: "issue_updated",
    user: ada,
    issue: issue(),
    changelog: { id: "10300", items },
    ...changes,
  };
}

/** A change of status in a changelog. */
export function moved(from: keyof typeof statuses, to: keyof typeof statuses): object {
  return {
    field: "status",
    fieldId: "status",
    from: statuses[from].id,
    fromString: statuses[from].name,
    to: statuses[to].id,
    toString: statuses[to].name,
  };
}

/** A webhook about a comment. */
export function commented(changes: object = {}, event = "comment_created"): Record<string, unknown> {
  return { timestamp: now, webhookEvent: event, comment: comment(changes), issue: issue() };
}
