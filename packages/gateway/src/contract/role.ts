import type { Address } from "./address.ts";
import type { Attachment } from "./attachment.ts";
import type { AdapterContext } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import type { Message } from "./message.ts";
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
