import type { EventKind, EventMap } from "@devflow/gateway/contract";

/** What happened, without the envelope. */
export type Fact = { [K in EventKind]: { readonly kind: K } & EventMap[K] }[EventKind];
