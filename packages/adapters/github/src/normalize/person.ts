import type { Identity, User } from "@devflow/gateway/contract";
import { idOf, isMarked, record, text } from "../wire/index.ts";

/** What tells our own doings from those of others. */
export interface Self {
  readonly id: string;
  readonly login: string;
  /** Slug of our App, which is what it is mentioned by; a person's login is theirs. */
  readonly name: string;
  /** The token is a person's, who also writes by hand. */
  readonly human: boolean;
}

/** Who we are, from the identity of the account. */
export function selfOf(identity: Identity | undefined): Self {
  const { id = "", handle = "", kind } = identity?.user ?? {};
  const login = handle.toLowerCase();
  return { id, login, name: login.replace(/\[bot\]$/, ""), human: kind === "person" };
}

/** GitHub does not say who it was. */
export const nobody: User = Object.freeze({ id: "", kind: "unknown", self: false });

/** True for the account that we act as, whoever acted. */
export function isOurs(value: unknown, self: Self): boolean {
  const user = record(value);
  const [id, login] = [idOf(user["id"]), text(user["login"])?.toLowerCase()];
  return (self.id !== "" && id === self.id) || (self.login !== "" && login === self.login);
}

/** A user. `said`: what they wrote, which decides whether it was us where we write as a person who also writes by hand. */
export function personOf(value: unknown, self: Self, said?: string): User {
  const user = record(value);
  const login = text(user["login"]);
  const id = idOf(user["id"]);
  if (login === undefined && id === undefined) return nobody;
  const ours = isOurs(user, self) && (!self.human || (said !== undefined && isMarked(said)));
  const type = user["type"];
  const kind =
    type === "Bot" || login?.endsWith("[bot]") === true
      ? "bot"
      : type === "User"
        ? "person"
        : type === "Organization"
          ? "system"
          : "unknown";
  const name = text(user["name"]) ?? login;
  return {
    id: id ?? "",
    kind,
    self: ours,
    ...(name === undefined ? {} : { name }),
    ...(login === undefined ? {} : { handle: login }),
  };
}

/** Who wrote a comment. What was made with a token of our App, in whosever name, is ours too. */
export function authorOf(comment: unknown, self: Self): User {
  const { user, body, performed_via_github_app: app } = record(comment);
  const author = personOf(user, self, text(body) ?? "");
  const slug = text(record(app)["slug"])?.toLowerCase();
  return slug !== undefined && slug === self.name && self.login.endsWith("[bot]") ? { ...author, self: true } : author;
}
