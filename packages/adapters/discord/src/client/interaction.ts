import type { AdapterContext } from "@devflow/gateway/contract";
import { isGatewayError } from "@devflow/gateway/kit";
import { platform } from "../options.ts";
import type { Route } from "../wire/index.ts";
import type { Clients } from "./clients.ts";

/** Who has the first answer to an interaction, and who the message that a deferral promises. */
interface Claim {
  /** Key of an operation, or {@link deferral}. */
  readonly by: string;
  readonly deferral?: 5 | 6;
  /** Key of the operation whose message takes the place of "thinking". */
  readonly original?: string;
}

/** How an operation answers: first, in place of a deferral, or after others. */
export type Turn = "first" | "original" | "follow-up";

const deferral = "deferral";
const claimMs = 15 * 60_000;
const keyOf = (route: Route): string => `interaction/${route.interaction}`;

/**
 * The first answer to an interaction, which there is one of: whoever takes the claim in the store may give it, in whatever
 * process. An operation that has it keeps it, so that a second attempt does what the first has done.
 */
export async function takeTurn(route: Route, key: string, { memory }: AdapterContext): Promise<Turn> {
  for (;;) {
    const entry = await memory.get<Claim>(keyOf(route));
    if (!entry) {
      if ((await memory.set(keyOf(route), { by: key } satisfies Claim, { ifVersion: 0, ttlMs: claimMs })) !== false)
        return "first";
      continue;
    }
    const { value: claim, version } = entry;
    if (claim.by === key) return "first";
    if (claim.original === key) return "original";
    if (claim.deferral !== 5 || claim.original !== undefined) return "follow-up";
    const taken: Claim = { ...claim, original: key };
    if ((await memory.set(keyOf(route), taken, { ifVersion: version, ttlMs: claimMs })) !== false) return "original";
  }
}

/** Takes the claim on the first answer, and nothing else. False when somebody has it. */
export async function takeFirst(route: Route, key: string, { memory }: AdapterContext): Promise<boolean> {
  const entry = await memory.get<Claim>(keyOf(route));
  if (entry) return entry.value.by === key;
  return (await memory.set(keyOf(route), { by: key } satisfies Claim, { ifVersion: 0, ttlMs: claimMs })) !== false;
}

/** Gives the claim back, for the next to answer: Discord has refused this answer for good. */
export async function giveBack(route: Route, { memory }: AdapterContext): Promise<void> {
  await memory.delete(keyOf(route));
}

/** Tells Discord after a while that the answer will come, unless it has come by then. */
export function deferLater(route: Route, afterMs: number, clients: Clients, account: string, context: AdapterContext): void {
  context.clock.after(afterMs, () => {
    defer(route, clients, account, context).catch((error: unknown) => {
      const code = isGatewayError(error) ? error.code : "unknown";
      // An answer of somebody else came first, or there was no time left: then answers go to the channel.
      context.log.debug({ platform, account, code }, "discord: an interaction was not deferred");
    });
  });
}

async function defer(route: Route, clients: Clients, account: string, context: AdapterContext): Promise<void> {
  const claim: Claim = { by: deferral, deferral: route.deferral };
  if ((await context.memory.set(keyOf(route), claim, { ifVersion: 0, ttlMs: claimMs })) === false) return;
  await callback(route, { type: route.deferral }, clients, account, context);
}

/** Answers an interaction, which works once and within three seconds. Gives the message, if one was made. */
export async function callback(
  { interaction, token }: Pick<Route, "interaction" | "token">,
  response: object,
  clients: Clients,
  account: string,
  context: AdapterContext,
  files?: Parameters<Clients["call"]>[4],
): Promise<unknown> {
  const path = `/interactions/${interaction}/${token}/callback`;
  const call = { method: "POST", path, body: response, query: { with_response: "true" }, auth: false } as const;
  return await clients.call(account, call, "the answer to an interaction", context, files);
}
