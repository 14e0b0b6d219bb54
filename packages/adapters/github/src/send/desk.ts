import type { AdapterContext, Outgoing, Receipt } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import { fields, type Answer, type Args, type Clients } from "../client/index.ts";
import { statusOf } from "../errors.ts";
import { platform } from "../options.ts";
import { idOf, known, marked, number, text, type GithubCall } from "../wire/index.ts";

/** One operation on its way: what was formatted, and the means to send it. */
export interface Desk {
  readonly outgoing: Outgoing;
  readonly call: GithubCall;
  readonly clients: Clients;
  readonly context: AdapterContext;
  /** Whether texts carry our marker. */
  readonly marker: boolean;
  /** The repository, as the address has it today. */
  readonly where: { readonly owner: string; readonly repo: string };
  /** Calls a route in the repository. */
  ask(route: string, args: Args): Promise<Answer>;
}

/** The arguments of the call, with our marker in its texts. */
export function markedArgs({ call, marker, outgoing, where }: Desk): Args {
  const texts = marker ? (call.texts ?? []) : [];
  const more = texts.map((name) => [name, marked(text(call.args[name]) ?? "", outgoing.key)] as const);
  return { ...call.args, ...where, ...Object.fromEntries(more) };
}

/** The id of the message that an edit, deletion or reaction is about. */
export function messageIdOf({ outgoing: { messageId, kind, to } }: Desk): number {
  if (messageId !== undefined && /^\d{1,15}$/.test(messageId)) return Number(messageId);
  throw new GatewayError("operation.rejected", `github: ${kind} on account ${to.account} lacks the id of its comment.`, {
    platform,
    account: to.account,
  });
}

/** What was done, without anything to name. */
export function done({ context }: Desk): Receipt {
  return { at: context.clock.now() };
}

/** What was made of a comment or review. */
export function madeMessage(desk: Desk, data: JsonObject): Receipt {
  return { ...done(desk), ...known({ messageId: idOf(data["id"]), url: text(data["html_url"]) }) };
}

/** What was made or changed of an issue or pull request. `notes` say what GitHub left out. */
export function madeItem(desk: Desk, data: JsonObject, notes: readonly string[]): Receipt {
  const { to } = desk.outgoing;
  const item = number(data["number"]);
  const raw = known({
    id: idOf(data["id"]),
    node_id: text(data["node_id"]),
    number: item,
    state: text(data["state"]),
    notes: notes.length === 0 ? undefined : notes,
  });
  if (item === undefined) return { ...done(desk), raw };
  const address = { platform, account: to.account, room: to.room, thread: String(item) };
  return { ...done(desk), key: `${to.room}#${item}`, address, raw, ...known({ url: text(data["html_url"]) }) };
}

/** Does a step whose failure with one of these statuses says that it is as it should be. */
export async function unless(statuses: readonly number[], step: () => Promise<Answer>): Promise<JsonObject | undefined> {
  try {
    return fields(await step());
  } catch (error) {
    const status = statusOf(error);
    if (!isGatewayError(error) || status === undefined || !statuses.includes(status)) throw error;
    return undefined;
  }
}

/** GitHub leaves out what we may not set, and says nothing. Here is what was asked for and is not there. */
export function missing(what: string, wanted: readonly string[], there: readonly string[]): string[] {
  const have = new Set(there.map((name) => name.toLowerCase()));
  return wanted.filter((name) => !have.has(name.toLowerCase())).map((name) => `GitHub left out the ${what} "${name}"`);
}

/** Tells the log what GitHub left out. */
export function warnOf({ context, outgoing: { to } }: Desk, notes: readonly string[]): void {
  if (notes.length === 0) return;
  context.log.warn({ account: to.account, room: to.room, notes }, "github: not all of what was asked for was set");
}
