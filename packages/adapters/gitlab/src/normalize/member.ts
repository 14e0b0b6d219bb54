import type { Event, EventKind } from "@devflow/gateway/contract";
import { text, timeMs } from "../wire/index.ts";
import { event, type Source } from "./envelope.ts";
import { nobody, owned, personOf } from "./person.ts";

/** Hooks about members by their name: those of groups, and of projects on system hooks. */
const memberKinds = {
  user_add_to_group: "member.joined",
  user_remove_from_group: "member.left",
  user_add_to_team: "member.joined",
  user_remove_from_team: "member.left",
} as const satisfies Readonly<Record<string, EventKind>>;

/** Somebody became a member of a project or group, or ceased to be one. GitLab does not say by whom. */
export function readMemberEvent(source: Source): Event | undefined {
  const { payload, self } = source;
  const kind = memberKinds[text(payload["event_name"]) as keyof typeof memberKinds] as EventKind | undefined;
  const person = personOf({ id: payload["user_id"], username: payload["user_username"], name: payload["user_name"] });
  if (kind === undefined || person === nobody) return undefined;
  const us = self.identity?.user;
  const member =
    us !== undefined && us.id === person.id ? owned(person, { identity: { user: { ...us, kind: "bot" } }, own: false }) : person;
  return event(source, kind as "member.joined", { at: timeMs(payload["updated_at"]), actor: nobody }, { member });
}
