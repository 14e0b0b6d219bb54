import type { Outgoing } from "@devflow/gateway/contract";
import { refusal } from "../errors.ts";
import { isIssueKey } from "../wire/index.ts";

/** An operation on an issue, whose key may go into a path. */
export type OnIssue = Outgoing & { readonly issue: string };

/** The operation with its issue. Throws `target.gone` when its address names none. */
export function onIssue(outgoing: Outgoing): OnIssue {
  const issue = outgoing.to.thread ?? "";
  if (isIssueKey(issue)) return { ...outgoing, issue };
  throw refusal("target.gone", outgoing.to.account, `${outgoing.kind} needs the key of an issue as the address's thread`);
}
