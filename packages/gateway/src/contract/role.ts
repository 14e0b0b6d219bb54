import type { Address } from "./address.ts";
import type { Attachment } from "./attachment.ts";
import type { Change } from "./change.ts";
import type { AdapterContext } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import type { Issue } from "./issue.ts";
import type { Message } from "./message.ts";
import type { Pipeline } from "./pipeline.ts";
import type { User } from "./user.ts";
import type { Sink } from "./transport.ts";

/** Reads what was said before. Without it the core keeps a transcript of its own. */
export interface Archive {
  /** Newest last. `before` is a message id. */
  history(
    address: Address,
    query: { readonly limit: number; readonly before?: string },
    context: AdapterContext,
  ): Promise<readonly Message[]>;
}

/** Looks up people and rooms. Undefined when the platform does not know them. */
export interface Directory {
  user(id: string, account: string, context: AdapterContext): Promise<User | undefined>;
  conversation(address: Address, context: AdapterContext): Promise<Conversation | undefined>;
}

/** Which issues or changes of a project to list. Every field given must hold. */
export interface WorkQuery {
  /** Issues unless set. */
  readonly kind?: "issue" | "change";
  readonly state?: "open" | "closed";
  readonly labels?: readonly string[];
  /** Handle or id, as the platform's API takes it. */
  readonly assignee?: string;
  /** Milliseconds since the epoch. */
  readonly updatedSince?: number;
}

/** Reads issues, changes and runs. What did not change since it was last read costs no quota, where the platform can tell. */
export interface Work {
  /** The issue or change of that conversation. Undefined when there is none, or none that we may see. */
  get(address: Address, context: AdapterContext): Promise<Issue | Change | undefined>;
  /** Page by page, as far as it is read; last updated first. */
  list(project: Address, query: WorkQuery, context: AdapterContext): AsyncIterable<Issue | Change>;
  /** In the platform's own language: JQL, GitHub's qualifiers, words. */
  search(query: string, account: string, context: AdapterContext): AsyncIterable<Issue | Change>;
  /** People of a project whose name or handle fits: candidates to assign. */
  users(query: string, project: Address, context: AdapterContext): Promise<readonly User[]>;
  /** How a run stands. Left out where the platform has no runs. */
  pipeline?(id: string, project: Address, context: AdapterContext): Promise<Pipeline | undefined>;
}

/** Opens attachments that are on the platform. */
export interface Files {
  /** Sends credentials to the platform's own hosts alone, redirects included. Rejects what exceeds `maxBytes`. */
  open(
    attachment: Attachment,
    account: string,
    options: { readonly maxBytes: number },
    context: AdapterContext,
  ): Promise<Uint8Array>;
}

/** A command to announce where a platform lists commands. */
export interface CommandSpec {
  readonly name: string;
  readonly description: string;
}

/** Prepares the platform's side: webhooks, commands. */
export interface Setup {
  /** Idempotent. Returns what it did or found, a line each, for people. `url` is the public base address, if there is one. */
  setup(
    options: { readonly url?: string; readonly commands: readonly CommandSpec[] },
    context: AdapterContext,
  ): Promise<readonly string[]>;
}

/** Pages that an adapter serves itself, below its own path. */
export interface Site {
  /** Path prefix, such as `/chat`. */
  readonly path: string;
  /** The sink works as for a connection. Streams its body where needed. Anything it does not serve is a 404. */
  fetch(request: Request, sink: Sink, context: AdapterContext): Promise<Response>;
}
