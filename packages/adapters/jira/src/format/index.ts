import type {
  Body,
  Content,
  Formatter,
  IssueDraft,
  IssueUpdate,
  Operation,
  PreparedDraft,
  UserRef,
} from "@devflow/gateway/contract";
import { GatewayError, parseMarkdown, type ErrorCode } from "@devflow/gateway/kit";
import { deploymentOf, platform, type Deployment, type Settings } from "../options.ts";
import { readRoute, type Audience } from "../wire/index.ts";
import { toAdf } from "./adf/index.ts";
import { hardLimit, measure } from "./size.ts";
import { toWiki } from "./wiki/index.ts";

export { richText };

/** Longest title of an issue. */
const titleLimit = 255;

/** Puts operations into Jira's words: documents for Cloud, wiki markup for Data Center. */
export function createFormatter(settings: Settings): Formatter {
  return { measure, format: (operation, to) => format(operation, deploymentOf(settings, to.account), to.route) };
}

function format(operation: Operation, deployment: Deployment, route: string | undefined): Body {
  switch (operation.kind) {
    case "message.post":
      return comment(operation.draft, deployment, readRoute(route));
    case "message.edit":
      return comment(operation.draft, deployment, {});
    case "message.delete":
      return {};
    case "issue.create":
      return created(operation.issue, deployment);
    case "issue.update":
      return updated(operation.update, deployment);
    case "issue.link":
      return { ...operation.link };
    case "issue.watch":
      return { user: idOf(operation.user), watch: operation.watch };
    default:
      throw rejected("operation.unsupported", `Jira has no ${operation.kind}`);
  }
}

/**
 * The text, and the draft's native fields over it: `visibility` as the API takes it, and `internal: true` for agents alone. Unless
 * they say otherwise, an answer is for those who see what it answers.
 */
function comment({ content, attachments, native }: PreparedDraft, deployment: Deployment, audience: Audience): Body {
  const body = richText(content, deployment);
  if (body === undefined && attachments.length === 0) throw rejected("content.rejected", "there is nothing to say");
  const { internal, ...fields } = { ...audience, ...native?.[platform] };
  const hidden = internal === true ? { properties: [{ key: "sd.public.comment", value: { internal: true } }] } : {};
  return { ...(body === undefined ? {} : { body }), ...hidden, ...fields };
}

function created({ title, body, confidential, assignees, native, ...rest }: IssueDraft, deployment: Deployment): Body {
  const named = Object.keys(rest.fields ?? {}).some((name) => /^security(?: level)?$/i.test(name));
  if (confidential === true && !named) {
    throw rejected(
      "operation.rejected",
      "who may see an issue is its security level: name one, `fields: { security: { name } }`",
    );
  }
  const description = body === undefined ? undefined : longText(body, deployment);
  return {
    ...rest,
    ...laid(native),
    title: titleOf(title),
    ...(description === undefined ? {} : { description }),
    ...(assignees === undefined ? {} : { assignee: onlyOne(assignees) }),
  };
}

function updated({ title, body, assignees, native, ...rest }: IssueUpdate, deployment: Deployment): Body {
  return {
    ...rest,
    ...laid(native),
    ...(title === undefined ? {} : { title: titleOf(title) }),
    ...(body === undefined ? {} : { description: longText(body, deployment) ?? (deployment === "cloud" ? null : "") }),
    ...(assignees === undefined ? {} : assigned(assignees)),
  };
}

/** Fields that go over the request as they are, once it is made. */
function laid(native: IssueDraft["native"]): Body {
  const fields = native?.[platform] ?? {};
  return Object.keys(fields).length === 0 ? {} : { native: fields };
}

/** Jira has one assignee: to add somebody is to replace, and to take somebody away concerns only the one it is. */
function assigned(assignees: NonNullable<IssueUpdate["assignees"]>): Body {
  if (isList(assignees)) return { assignee: onlyOne(assignees) };
  if (assignees.add !== undefined && assignees.add.length > 0) return { assignee: onlyOne(assignees.add) };
  return assignees.remove === undefined ? {} : { unassign: assignees.remove.map(idOf) };
}

function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}

function onlyOne(users: readonly UserRef[]): string | null {
  if (users.length > 1) throw rejected("operation.rejected", "an issue has one assignee in Jira; name one");
  const [user] = users;
  return user === undefined ? null : idOf(user);
}

function idOf(user: UserRef): string {
  return typeof user === "string" ? user : user.id;
}

function titleOf(title: string): string {
  const line = title.replace(/\s+/g, " ").trim();
  if (line === "" || line.length > titleLimit) {
    throw rejected("content.rejected", `a title has 1 to ${titleLimit} characters, and this one ${line.length}`);
  }
  return line;
}

function longText(markdown: string, deployment: Deployment): unknown {
  const content = parseMarkdown(markdown);
  const size = measure(content);
  if (size > hardLimit)
    throw rejected("content.rejected", `a text field takes ${hardLimit} characters, and this text has ${size}`);
  return richText(content, deployment);
}

/** Content as a field of an account takes it; undefined when there is nothing in it. */
function richText(content: Content, deployment: Deployment): unknown {
  if (deployment === "dataCenter") return toWiki(content, "data-center") || undefined;
  const document = toAdf(content);
  return document.content.length === 0 ? undefined : document;
}

function rejected(code: ErrorCode, what: string): GatewayError {
  return new GatewayError(code, `jira: ${what}.`, { platform });
}
