import type { Adapter, Address, Conversation, Delivery, Event, EventMap, Job, OwnKind, User } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { inboxJob } from "../inbox/index.ts";
import { addressKey } from "../kit/address.ts";
import { checkAddress } from "../outbox/index.ts";
import { checkOwnKind, ownPlatform } from "../router/index.ts";

const account = "main";
const nobody: User = { id: "", kind: "system", self: false };

/** Something that has happened in the program itself: the payload of its kind, and as much of an envelope as there is. */
export type Emission<K extends OwnKind = OwnKind> = {
  [Kind in K]: {
    readonly kind: Kind;
    /** What is emitted again under an id that is known (7 days) is the same event, and handled once. A new one unless set. */
    readonly id?: string;
    /** Milliseconds since the epoch; now unless set. */
    readonly at?: number;
    /** Where `c.reply` goes, on any platform. Events of one conversation are handled in order. */
    readonly conversation?: Address | Conversation;
    readonly actor?: User;
  } & EventMap[Kind];
}[K];

/** How an event is emitted. */
export interface EmitOptions {
  /** Events of one key are handled in order, one at a time. Their conversation's key unless set; without either there is no order. */
  readonly key?: string;
}

/** What an emission has when it does not say otherwise. */
export interface Occasion {
  readonly id: string;
  readonly at: number;
  readonly conversation?: Conversation;
  readonly actor?: User;
}

/** Reads events back from what {@link emission} made of them. */
export const ownEvents: Pick<Adapter, "normalizer"> = {
  normalizer: {
    needsIdentity: false,
    normalize: (deliveries) =>
      deliveries.map(({ id, payload }) => {
        const { kind, at, conversation, actor, ...data } = payload as Pick<Event, "kind" | "at" | "conversation" | "actor">;
        return { ...data, id: `${ownPlatform}:${id}`, kind, platform: ownPlatform, account, at, conversation, actor, raw: data };
      }) as unknown as readonly Event[],
  },
};

/** An emission as the inbox takes it. Throws `options.invalid` for what can be no event. */
export function emission(event: Emission, { key }: EmitOptions, occasion: Occasion): Delivery {
  const { kind, id, at, conversation, actor, ...payload } = { ...occasion, ...defined(event) };
  checkOwnKind(kind);
  if (typeof id !== "string" || id === "" || !Number.isFinite(at) || key === "")
    throw new GatewayError(
      "options.invalid",
      `${kind} cannot be emitted: \`id\` and \`key\` are texts, \`at\` is in milliseconds.`,
    );
  const own: Address = { platform: ownPlatform, account, room: key ?? id };
  const place = placeOf(conversation ?? own);
  checkAddress(place.address);
  return {
    id,
    account,
    lane: addressKey(key === undefined ? place.address : own),
    via: "emit",
    body: written(kind, { ...payload, kind, at, conversation: place, actor: actor ?? nobody }),
    // Parsed at the claim: what a handler gets is never the very object that was emitted, in this process or another.
    payload: undefined,
    receivedAt: occasion.at,
  };
}

/** An emission as a job, to be stored together with something else. */
export function emissionJob(event: Emission, options: EmitOptions, occasion: Occasion): { readonly queue: string } & Job {
  return inboxJob(ownPlatform, emission(event, options, occasion));
}

interface Loose extends Omit<Occasion, "conversation"> {
  readonly kind: string;
  readonly conversation?: Address | Conversation;
}

/** An optional field may be written as undefined: it is then as if absent. */
function defined(event: object): Loose {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined)) as unknown as Loose;
}

/** An address alone tells no more than where. */
function placeOf(conversation: Address | Conversation): Conversation {
  return "address" in conversation ? conversation : { address: conversation, kind: "channel" };
}

function written(kind: string, event: object): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    throw new GatewayError("options.invalid", `${kind} cannot be emitted: its payload is not plain JSON.`, { cause });
  }
}
