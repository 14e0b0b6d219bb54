export { crew, type Crew, type MatrixCall } from "./crew.ts";
export { invitations, type Invitation, type Invitations } from "./invite.ts";
export { forgetPlain, requirePlain, roomOf, strippedMember } from "./room.ts";
export { isDirect, readRoom, roomKey, titleOf, withState, type RoomFacts } from "./facts.ts";
