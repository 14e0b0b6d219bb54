import type { Mention } from "@devflow/gateway/contract";

/** How text is written for Slack. */
export interface MrkdwnOptions {
  /** Let `room` mentions ping everybody. Off unless set. */
  readonly broadcast?: boolean;
}

/** Schemes a link may have; others are shown as their label. */
export const linkSchemes: readonly string[] = ["http", "https", "mailto", "tel"];

/** Slack's token for a mention; undefined where it may not be one, or its id is none of Slack's. */
export function mentionToken(node: Mention, options: MrkdwnOptions): string | undefined {
  if (node.target === "room") {
    if (options.broadcast !== true) return undefined;
    return node.id === "here" || node.id === "everyone" ? `<!${node.id}>` : "<!channel>";
  }
  if (!/^[A-Z\d]{1,32}$/i.test(node.id)) return undefined;
  return node.target === "user" ? `<@${node.id}>` : node.target === "channel" ? `<#${node.id}>` : `<!subteam^${node.id}>`;
}
