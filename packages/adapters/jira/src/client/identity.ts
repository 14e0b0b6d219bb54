import type { AdapterContext, Identity } from "@devflow/gateway/contract";
import { refusal } from "../errors.ts";
import type { AccountSettings } from "../options.ts";
import { record, text } from "../wire/index.ts";

/** The user behind a token changes seldom. */
const ownMs = 86_400_000;

/**
 * Who we are. `kind` is `bot` where nobody writes by hand as this user: an app, a service account, or one that the options call
 * a bot; all that such a user does is ours. A person's writes are ours where they carry our mark.
 */
export function readIdentity(answer: unknown, { actsAs, deployment }: AccountSettings, account: string): Identity {
  const user = record(answer);
  const handle = text(user["name"]);
  const id = deployment === "cloud" ? text(user["accountId"]) : (handle ?? text(user["key"]));
  if (id === undefined) throw refusal("auth.failed", account, "Jira does not say who we are: is the token the right one");
  const kind = actsAs ?? (user["accountType"] === "app" ? "bot" : "person");
  const name = text(user["displayName"]);
  return {
    user: {
      id,
      kind,
      self: true,
      ...(name === undefined ? {} : { name }),
      ...(handle === undefined ? {} : { handle }),
    },
  };
}

/** The identity that was asked for within a day, or the one that is asked for now. */
export async function remembered(account: string, context: AdapterContext, ask: () => Promise<Identity>): Promise<Identity> {
  const key = `own/${account}`;
  const known = await context.memory.get<Identity>(key);
  if (known !== undefined) return known.value;
  const identity = await ask();
  await context.memory.set(key, identity, { ttlMs: ownMs });
  return identity;
}
