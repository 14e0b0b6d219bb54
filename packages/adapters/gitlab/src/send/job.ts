import type { AdapterContext, Address, Outgoing, Receipt } from "@devflow/gateway/contract";
import { GatewayError, type JsonObject } from "@devflow/gateway/kit";
import type { Clients } from "../client/index.ts";
import { instanceOf, type Settings } from "../options.ts";
import { id, present, readThread, text, type GitlabCall, type Place } from "../wire/index.ts";

/** One operation on its way, with all that carrying it out takes. */
export interface Job {
  readonly outgoing: Outgoing;
  readonly call: GitlabCall;
  readonly clients: Clients;
  readonly settings: Settings;
  readonly context: AdapterContext;
}

/** The error of an operation that its address or arguments do not allow. */
export function refused({ outgoing: { to, kind } }: Job, why: string): GatewayError {
  return new GatewayError("operation.rejected", `gitlab: ${kind} on account ${to.account}: ${why}`, {
    platform: "gitlab",
    account: to.account,
  });
}

/** The place of an address, which must have one. */
export function placeOf(job: Job): Place {
  const place = readThread(job.outgoing.to.thread);
  if (place !== undefined) return place;
  throw refused(job, "a project is no place to talk. Give the address a thread: #5, !5, $7 or @<sha>.");
}

/** A receipt with the time of now. */
export function receipt({ context }: Job, made: Partial<Omit<Receipt, "at">> = {}): Receipt {
  return { at: context.clock.now(), ...present(made) };
}

/** The receipt of an issue or merge request that was made or changed. */
export function itemReceipt(job: Job, item: JsonObject, sigil: "#" | "!"): Receipt {
  const { to } = job.outgoing;
  const iid = id(item["iid"]);
  if (iid === undefined) return receipt(job);
  const { platform, account, room } = to;
  const address: Address = { platform, account, room, thread: `${sigil}${iid}` };
  return receipt(job, {
    key: `${room}${sigil}${iid}`,
    url: text(item["web_url"]),
    address,
    raw: { id: item["id"], iid: item["iid"], state: item["state"] },
  });
}

/** Link to a note. The API does not give it. */
export function noteUrl({ outgoing: { to }, settings, context }: Job, place: Place, note: string): string | undefined {
  if (/^\d+$/.test(to.room)) return undefined;
  const folder = { issue: "-/issues", change: "-/merge_requests", snippet: "-/snippets", commit: "-/commit" }[place.kind];
  return `${instanceOf(settings, to.account, context)}/${to.room}/${folder}/${place.number}#note_${note}`;
}
