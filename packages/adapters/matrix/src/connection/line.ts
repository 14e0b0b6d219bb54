import type { AdapterContext } from "@devflow/gateway/contract";
import type { Crew, Invitations } from "../client/index.ts";

/** Whose sync this is. */
export interface Line {
  readonly crew: Crew;
  readonly invitations: Invitations;
  readonly account: string;
  /** The token that was sent; undefined for the first sync, whose past is nobody's news. */
  readonly since: string | undefined;
  readonly context: AdapterContext;
}
