import type { CommonEventMap } from "../contract/index.ts";
import { GatewayError } from "../error.ts";

const kinds: readonly (keyof CommonEventMap)[] = [
  "message.created",
  "message.edited",
  "message.deleted",
  "reaction.added",
  "reaction.removed",
  "action.invoked",
  "command.invoked",
  "form.submitted",
  "options.requested",
  "member.joined",
  "member.left",
  "receipt.updated",
  "issue.opened",
  "issue.updated",
  "issue.closed",
  "issue.reopened",
  "issue.deleted",
  "change.opened",
  "change.updated",
  "change.merged",
  "change.closed",
  "change.reopened",
  "review.submitted",
  "push.received",
  "pipeline.started",
  "pipeline.finished",
  "release.published",
  "deployment.finished",
  "account.revoked",
  "platform.event",
];
const patterns: ReadonlySet<string> = new Set([...kinds, ...kinds.map((kind) => `${kind.slice(0, kind.indexOf("."))}.*`)]);

/**
 * The kind that was meant, when one is unknown and looks like a slip: a letter off, or `message.create`. Kinds are open, so
 * whatever resembles none of ours is somebody's own.
 */
export function meantKind(kind: string): string | undefined {
  if (patterns.has(kind)) return undefined;
  return [...patterns].find((known) => known.startsWith(kind) || isSlip(kind, known));
}

const kindForm = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/;

/** Throws `options.invalid` for a kind that a program cannot emit: one of the platforms', a slip of one, or none at all. */
export function checkOwnKind(kind: string): void {
  const form = kindForm.test(kind);
  const meant = form ? meantKind(kind) : undefined;
  if (form && meant === undefined && !patterns.has(kind)) return;
  const why = !form
    ? "A kind is a noun and a verb in the past, such as deploy.requested"
    : meant === undefined
      ? "Platforms alone tell of it"
      : `It is too much like ${meant}, which platforms tell of`;
  throw new GatewayError("options.invalid", `"${kind}" cannot be emitted. ${why}.`);
}

/** Whether one letter was left out, added, mistaken, or changed places with the next. */
function isSlip(a: string, b: string): boolean {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const [restA, restB] = [a.slice(i), b.slice(i)];
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    (restA.slice(2) === restB.slice(2) && restA[0] === restB[1] && restA[1] === restB[0])
  );
}
