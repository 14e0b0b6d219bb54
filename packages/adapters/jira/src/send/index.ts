import type { AdapterContext, Outgoing, Receipt, Sender } from "@devflow/gateway/contract";
import type { Clients } from "../client/index.ts";
import { refusal } from "../errors.ts";
import { browseUrl } from "../wire/index.ts";
import { deleteComment, editComment, postComment } from "./comment.ts";
import { createIssue } from "./create.ts";
import { onIssue } from "./issue.ts";
import { linkIssue, watchIssue } from "./link.ts";
import { updateIssue } from "./update.ts";

/** Hands one operation to Jira. An operation that takes several requests can be repeated as a whole. */
export function createSender(clients: Clients): Sender {
  return {
    async send(outgoing, context) {
      switch (outgoing.kind) {
        case "message.post":
          return await postComment(onIssue(outgoing), clients, context);
        case "message.edit":
          return await editComment(onIssue(outgoing), clients, context);
        case "message.delete":
          return await deleteComment(onIssue(outgoing), clients, context);
        case "issue.create":
          return await createIssue(outgoing, clients, context);
        case "issue.update":
          await updateIssue(onIssue(outgoing), clients, context);
          return about(outgoing, clients, context);
        case "issue.link":
          await linkIssue(onIssue(outgoing), clients, context);
          return about(outgoing, clients, context);
        case "issue.watch":
          await watchIssue(onIssue(outgoing), clients, context);
          return about(outgoing, clients, context);
        default:
          throw refusal("operation.unsupported", outgoing.to.account, `Jira has no ${outgoing.kind}`);
      }
    },
  };
}

function about({ to }: Outgoing, clients: Clients, context: AdapterContext): Receipt {
  const site = clients.site(to.account, context);
  const key = to.thread ?? "";
  return { at: context.clock.now(), key, address: to, ...(site === undefined ? {} : { url: browseUrl(site, key) }) };
}
