import type { EventKind } from "@devflow/gateway/contract";

/** What a webhook becomes, by its event and, behind a space, by its type or by what becomes of the status's category. All else is `platform.event`. */
export const kinds: Readonly<Record<string, EventKind>> = {
  "jira:issue_created": "issue.opened",
  "jira:issue_updated": "issue.updated",
  "jira:issue_updated to done": "issue.closed",
  "jira:issue_updated from done": "issue.reopened",
  "jira:issue_deleted": "issue.deleted",
  "jira:issue_updated issue_commented": "message.created",
  "jira:issue_updated issue_comment_edited": "message.edited",
  "jira:issue_updated issue_comment_deleted": "message.deleted",
  comment_created: "message.created",
  comment_updated: "message.edited",
  comment_deleted: "message.deleted",
};
