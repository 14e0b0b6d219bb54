import type { Directory, User } from "@devflow/gateway/contract";
import { present, type Clients } from "./client/index.ts";
import { personOf, readEither, selfOf } from "./normalize/index.ts";
import { known, placeOf, text } from "./wire/index.ts";

/** Names change seldom, and requests are counted. */
const userMs = 3_600_000;

/** Looks up people, by number or login, and conversations. */
export function createDirectory(clients: Clients): Directory {
  return {
    async user(id, account, context) {
      const slot = `user:${account}:${id}`;
      const remembered = await context.memory.get<User>(slot);
      if (remembered !== undefined) return remembered.value;
      const [route, args] = /^\d+$/.test(id)
        ? ["GET /user/{account_id}", { account_id: Number(id) }]
        : ["GET /users/{username}", { username: id }];
      const found = await present(clients.call(account, route, args, context));
      if (found === undefined) return undefined;
      const user = personOf(found, { ...selfOf(await clients.self(account, context)), human: false });
      await context.memory.set(slot, user, { ttlMs: userMs });
      return user;
    },
    async conversation(address, context) {
      const place = placeOf(address);
      if (place === undefined) return undefined;
      const { owner, repo, number: issue_number } = place;
      if (issue_number === undefined) {
        const found = await present(clients.call(address.account, "GET /repos/{owner}/{repo}", { owner, repo }, context));
        return found && { address, kind: "project", ...known({ title: text(found["full_name"]), url: text(found["html_url"]) }) };
      }
      const found = await present(
        clients.call(address.account, "GET /repos/{owner}/{repo}/issues/{issue_number}", { owner, repo, issue_number }, context),
      );
      if (found === undefined) return undefined;
      const item = readEither(found, address.room, selfOf(await clients.self(address.account, context)));
      const shown = { address, title: item.title, ...known({ url: item.url }) };
      return item.kind === "issue" ? { ...shown, kind: "issue", issue: item } : { ...shown, kind: "change" };
    },
  };
}
