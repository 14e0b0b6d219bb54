import type { Address } from "./address.ts";

/** The place where an event happened, and where a reply to it goes. */
export interface Conversation {
  readonly address: Address;
  /** `direct`: one person and us. `group`: a closed set of people. `channel`: open to an audience. */
  readonly kind: "direct" | "group" | "channel" | "issue" | "change";
  readonly title?: string;
  /** Link that opens the conversation on its platform. */
  readonly url?: string;
}
