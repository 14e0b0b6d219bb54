import type { Address } from "./address.ts";
import type { Change } from "./change.ts";
import type { Issue } from "./issue.ts";

/** The place where an event happened, and where a reply to it goes. */
export interface Conversation {
  readonly address: Address;
  /**
   * `direct`: one person and us. `group`: a closed set of people. `channel`: open to an audience. `issue`, `change`: the
   * comments on one. `project`: what has issues, changes and runs; a place for operations, not for talk.
   */
  readonly kind: "direct" | "group" | "channel" | "issue" | "change" | "project";
  readonly title?: string;
  /** Link that opens the conversation on its platform. */
  readonly url?: string;
  /** What is talked about, where the payload has it. */
  readonly issue?: Issue;
  readonly change?: Change;
}
