import type { Address, Content, UserRef } from "@devflow/gateway/contract";
import { GatewayError, parseMarkdown } from "@devflow/gateway/kit";
import { textLimit } from "../capability.ts";
import { platform } from "../options.ts";
import { placeOf, type Place } from "../wire/index.ts";
import { renderMarkdown } from "./markdown.ts";

/** What a draft says for GitHub alone. `references` is ours; the rest is laid over the call's fields. */
export type Native = Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;

/** The fields of a draft for GitHub, without ours. */
export function overlay(native: Native): Readonly<Record<string, unknown>> {
  const { references: _, ...rest } = native?.["github"] ?? {};
  return rest;
}

/** A text, rendered. Throws `content.rejected` for one that GitHub would refuse. */
export function written(said: string | Content, native: Native, what: string, to: Address): string {
  const content = typeof said === "string" ? parseMarkdown(said, { html: true }) : said;
  const body = renderMarkdown(content, { references: native?.["github"]?.["references"] === true });
  if (body.length <= textLimit) return body;
  throw rejected(
    "content.rejected",
    `${what} has ${body.length} characters. GitHub takes ${textLimit}: shorten it, or say the rest in a comment.`,
    to,
  );
}

/** A title: one line of at most 256 characters. */
export function titled(title: string, to: Address): string {
  const line = title.replace(/\s+/g, " ").trim();
  if (line !== "" && line.length <= 256) return line;
  throw rejected(
    "content.rejected",
    line === "" ? "there is no title." : `the title has ${line.length} characters. GitHub takes 256.`,
    to,
  );
}

/** Logins of people. */
export function loginsOf(users: readonly UserRef[], to: Address): string[] {
  return users.map((user) => {
    const login = typeof user === "string" ? user.replace(/^@/, "") : user.handle;
    if (login !== undefined && login !== "") return login;
    throw rejected("operation.rejected", "a user has no handle. GitHub names people by their login.", to);
  });
}

/** The repository of an address. */
export function repoOf(to: Address): Place {
  const place = placeOf(to);
  if (place !== undefined) return place;
  throw rejected(
    "operation.rejected",
    `there is no "${to.room}${to.thread ? ` ${to.thread}` : ""}". A room is owner/repo, a thread 12 or 12/345.`,
    to,
  );
}

/** The issue or pull request of an address. */
export function itemOf(to: Address): Place & { readonly number: number } {
  const { number, ...place } = repoOf(to);
  if (number !== undefined) return { ...place, number };
  throw rejected(
    "operation.rejected",
    `${to.room} is a repository: name an issue or pull request as the thread of the address.`,
    to,
  );
}

/** An error of this adapter about a conversation. */
export function rejected(
  code: "content.rejected" | "operation.rejected" | "operation.unsupported",
  why: string,
  to: Address,
): GatewayError {
  return new GatewayError(code, `github: ${to.room}${to.thread ? `#${to.thread}` : ""} on account ${to.account}: ${why}`, {
    platform,
    account: to.account,
  });
}
