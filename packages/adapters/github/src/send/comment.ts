import type { Receipt } from "@devflow/gateway/contract";
import { fields, type Args } from "../client/index.ts";
import { isMarkedBy, reactionOf, record, records, text } from "../wire/index.ts";
import { done, madeMessage, markedArgs, messageIdOf, unless, type Desk } from "./desk.ts";

/** The outbox tries for a day. */
const reachMs = 86_400_000;

/** Writes a comment; on a second attempt only if the first has not. */
export async function postComment(desk: Desk): Promise<Receipt> {
  const { call, outgoing, marker } = desk;
  const { issue_number, pull_number } = call.args;
  if (marker && outgoing.attempt > 1) {
    const route =
      issue_number === undefined
        ? "GET /repos/{owner}/{repo}/pulls/{pull_number}/comments"
        : "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
    const found = await findMarked(desk, route, { issue_number, pull_number });
    if (found !== undefined) return madeMessage(desk, found);
  }
  return madeMessage(desk, fields(await desk.ask(call.route, markedArgs(desk))));
}

/** What an earlier attempt wrote, among what was written since a day ago. */
export async function findMarked(desk: Desk, route: string, args: Args): Promise<ReturnType<typeof record> | undefined> {
  const { outgoing, clients, context, where } = desk;
  const since = new Date(context.clock.now() - reachMs).toISOString();
  for await (const page of clients.pages(outgoing.to.account, route, { ...where, ...args, since }, context)) {
    const found = records(page).find((one) => isMarkedBy(text(one["body"]) ?? "", outgoing.key));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Changes what a comment says. */
export async function editComment(desk: Desk): Promise<Receipt> {
  return madeMessage(desk, fields(await desk.ask(desk.call.route, { ...markedArgs(desk), comment_id: messageIdOf(desk) })));
}

/** Deletes a comment. One that is gone is as it should be. */
export async function deleteComment(desk: Desk): Promise<Receipt> {
  await unless([404, 410], () => desk.ask(desk.call.route, { ...desk.call.args, comment_id: messageIdOf(desk) }));
  return done(desk);
}

/** Adds a reaction. GitHub takes a second one of the same kind for the first. */
export async function addReaction(desk: Desk): Promise<Receipt> {
  await desk.ask(desk.call.route, { ...desk.call.args, comment_id: messageIdOf(desk) });
  return done(desk);
}

/** Takes our reaction back. GitHub deletes by number, so it has to be looked for. */
export async function removeReaction(desk: Desk): Promise<Receipt> {
  const { call, clients, context, outgoing, where } = desk;
  const comment_id = messageIdOf(desk);
  const { user } = await clients.self(outgoing.to.account, context);
  const list = call.route.replace("DELETE", "GET").replace("/{reaction_id}", "");
  const { content } = call.args;
  const filter = reactionOf(String(content)) === undefined ? {} : { content };
  for await (const page of clients.pages(outgoing.to.account, list, { ...where, comment_id, ...filter }, context)) {
    const own = records(page).find((one) => one["content"] === content && loginOf(one["user"]) === user.handle?.toLowerCase());
    if (own === undefined) continue;
    await unless([404], () => desk.ask(call.route, { comment_id, reaction_id: own["id"] }));
    break;
  }
  return done(desk);
}

function loginOf(user: unknown): string | undefined {
  return text(record(user)["login"])?.toLowerCase();
}
