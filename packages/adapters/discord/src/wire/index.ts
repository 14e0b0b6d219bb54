import type { GatewayDispatchPayload } from "discord.js";

export { idLimit, holdsKept, keepLong, readPress, restoreLong, writePress, type Press } from "./press.ts";
export { ageOf, interactionTypes, isOpen, readRoute, routeOf, writeRoute, type Route } from "./route.ts";
export { cut, id, idOfTime, number, object, objects, present, scalar, text, texts, timeOf, timeOfId } from "./read.ts";

/** What Discord sends, as the Gateway spells it: `t` is the event's name and `d` its data. The `raw` of every event. */
export type DiscordDispatch = GatewayDispatchPayload;

/** One request of the HTTP API, as plain JSON. `path` begins behind the version. */
export interface DiscordCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  /** False where a token in the path is the credential. */
  readonly auth?: false;
}

/** A message as Discord takes it, without what only the sender knows: files, key, and the message it answers. */
export type MessagePayload = Readonly<Record<string, unknown>>;

/** What the formatter makes of an operation. `{message}` in a path stands for the id that the outbox resolves. */
export type DiscordBody =
  | {
      readonly type: "post";
      readonly message: MessagePayload;
      readonly replyTo?: string;
      readonly onlyFor?: string;
      /** Fields of a thread that this message begins: in a forum its post, elsewhere below `replyTo`. */
      readonly thread?: Readonly<Record<string, unknown>>;
    }
  | { readonly type: "edit"; readonly message: MessagePayload }
  | { readonly type: "call"; readonly method: "PUT" | "POST" | "DELETE"; readonly path: string }
  | { readonly type: "modal"; readonly trigger: string; readonly modal: MessagePayload };

/** The channel to speak in. A thread is a channel of its own, so where an address names one it is that. */
export function channelOf(to: { readonly room: string; readonly thread?: string }): string {
  return to.thread === undefined || to.thread === "" ? to.room : to.thread;
}

/** Message flags. Source: Discord's reference, "Message Flags". */
export const flags = { ephemeral: 64, silent: 4_096, voice: 8_192, componentsV2: 32_768 } as const;
