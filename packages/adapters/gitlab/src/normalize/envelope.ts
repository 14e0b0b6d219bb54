import type { Conversation, Envelope, Event, EventKind, EventMap, User } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { actorOf, owned, type Self } from "./person.ts";
import { addressIn, projectOf, type Project } from "./project.ts";

/** A payload with what every reader of it needs. */
export interface Source {
  /** Id of its first event. */
  readonly id: string;
  readonly account: string;
  readonly receivedAt: number;
  readonly payload: JsonObject;
  readonly project: Project;
  readonly self: Self;
}

/** Makes a {@link Source}. */
export function sourceOf(base: Omit<Source, "project">): Source {
  return { ...base, project: projectOf(base.payload) };
}

/** What an event says about itself. */
export interface About {
  readonly at?: number | undefined;
  readonly conversation?: Conversation;
  readonly actor?: User;
  /** The text that was written, in which our marker may be. */
  readonly written?: unknown;
}

/** Makes one event of the contract; the project's, unless it says otherwise. */
export function event<K extends EventKind>(source: Source, kind: K, about: About, payload: EventMap[K]): Event {
  const actor = owned(about.actor ?? actorOf(source.payload), source.self, about.written);
  const envelope: Omit<Envelope, "kind"> = {
    id: source.id,
    platform: "gitlab",
    account: source.account,
    at: sane(about.at) ?? source.receivedAt,
    conversation: about.conversation ?? projectConversation(source.project, source.account),
    actor,
    raw: source.payload,
  };
  return { kind, ...envelope, ...payload } as unknown as Event;
}

/** The conversation of a project: where its runs, pushes and releases happen. */
export function projectConversation(project: Project, account: string): Conversation {
  const { title, url } = project;
  return { address: addressIn(project, account), kind: "project", ...(title && { title }), ...(url && { url }) };
}

/** A time that is none of GitLab's is not taken. */
function sane(at: number | undefined): number | undefined {
  return at !== undefined && at > 946_684_800_000 ? at : undefined;
}
