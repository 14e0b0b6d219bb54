// People, a repository and an issue, as payloads of webhooks have them.
export const ada = { login: "ada", id: 77, type: "User" };
export const eve = { login: "eve", id: 5, type: "User" };
export const app = { login: "devflow[bot]", id: 9001, type: "Bot" };
export const repository = { id: 1, full_name: "octo/app", html_url: "https://github.com/octo/app", owner: { login: "octo" } };
export const item = {
  number: 12,
  id: 1200,
  title: "It breaks",
  body: "When\r\nsaving",
  state: "open",
  labels: [{ name: "bug" }, { name: "ui" }],
  assignees: [ada],
  user: eve,
  html_url: "https://github.com/octo/app/issues/12",
  created_at: "2026-01-01T10:00:00Z",
  updated_at: "2026-01-01T11:00:00Z",
};
export const comment = {
  id: 501,
  body: "hello",
  user: eve,
  html_url: "https://x/501",
  created_at: "2026-01-01T12:00:00Z",
  updated_at: "2026-01-01T12:00:00Z",
};
export const base = { repository, sender: eve };
export const issues = (action: string, more: object = {}) => ({ ...base, action, issue: item, ...more });
export const said = (body: string, more: object = {}) => ({
  ...base,
  action: "created",
  issue: item,
  comment: { ...comment, body },
  ...more,
});
