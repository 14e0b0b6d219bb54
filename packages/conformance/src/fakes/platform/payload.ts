import type { Attachment, FormValue } from "@devflow/gateway/contract";

/** What the fake platform sends: one flat JSON object for everything. Unset fields have the defaults named here. */
export interface FakePayload {
  /** Id of the delivery; numbered by {@link fakePayload} unless set. */
  readonly id?: string;
  /** An event kind of the contract, `hello` (a handshake, not an event), or anything: an unknown type is a `platform.event`. */
  readonly type?: string;
  /** `main` unless set. */
  readonly account?: string;
  /** `general` unless set. A room whose name begins with `dm-` is a direct conversation. */
  readonly room?: string;
  readonly thread?: string;
  /** `ada`, a person, unless set. `bot` is the gateway's own user. */
  readonly user?: { readonly id: string; readonly name?: string; readonly bot?: boolean };
  readonly text?: string;
  /** Id of the message that the event is about, or of the message itself. The delivery's id unless set. */
  readonly messageId?: string;
  /** A message is addressed when this is true, in a direct conversation, or when it mentions `@bot`. */
  readonly addressed?: boolean;
  readonly attachments?: readonly Attachment[];
  readonly replyTo?: string;
  readonly emoji?: string;
  readonly action?: string;
  readonly value?: string;
  readonly values?: Readonly<Record<string, FormValue>>;
  readonly command?: string;
  readonly args?: string;
  readonly trigger?: string;
  readonly form?: string;
  readonly state?: string;
  /** Makes a `form.submitted` wait for an answer in the response. */
  readonly ask?: boolean;
  readonly field?: string;
  readonly query?: string;
  readonly status?: "sent" | "delivered" | "read" | "failed";
  readonly reason?: string;
  /** More events of this delivery. */
  readonly also?: readonly FakePayload[];
  /** Parts of one message that belong together, as an album does. */
  readonly group?: string;
  /** Milliseconds since the epoch; when it was received unless set. */
  readonly at?: number;
}

let count = 0;

/** Completes a payload with a delivery id that no other payload of this process has. */
export function fakePayload(payload: FakePayload): FakePayload & { readonly id: string; readonly type: string } {
  count += 1;
  return { type: "message.created", ...payload, id: payload.id ?? `d${count}` };
}
