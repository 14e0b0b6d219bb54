import { hash } from "node:crypto";
import type { AdapterContext } from "@devflow/gateway/contract";
import { sleep, type GatewayError } from "@devflow/gateway/kit";
import { readError, statusOf } from "../errors.ts";
import { serverOf, type Settings } from "../options.ts";
import type { Crew } from "./crew.ts";

/** For how long joining is tried: a room on another server may need a while. */
const patienceMs = 3_600_000;
/** Waits between attempts that are forbidden, before that is believed. */
const laggingMs = [500, 1_000, 2_000, 4_000] as const;

/** Somebody wants us in a room. */
export interface Invitation {
  readonly room: string;
  readonly from: string;
}

/** Accepts invitations. */
export interface Invitations {
  /** Notes an invitation that the policy accepts, durably; true when it does. */
  note(account: string, invitation: Invitation, context: AdapterContext): Promise<boolean>;
  /**
   * Joins what was noted. Never rejects: what fails is tried again for an hour, unless it never can succeed. While it is at work,
   * another call returns at once, and has what was noted meanwhile joined after.
   */
  accept(account: string, context: AdapterContext): Promise<void>;
}

/** Makes {@link Invitations} by the policy of the options. */
export function invitations(settings: Settings, crew: Crew): Invitations {
  const welcome = (from: string, account: string): boolean => {
    const { invites = [serverOf(account)] } = settings;
    if (typeof invites === "string") return invites === "all";
    return invites.includes(from) || invites.includes(serverOf(from));
  };
  const prefix = (account: string): string => `invite/${hash("sha256", account, "base64url")}/`;
  /** Accounts whose invitations are being joined, and whether there was news meanwhile. */
  const busy = new Map<string, boolean>();
  const acceptAll = async (account: string, context: AdapterContext): Promise<void> => {
    try {
      for (const { key, value } of await context.memory.list<Invitation>(prefix(account), { limit: 50 })) {
        const { room, from } = value;
        // A room's id says nothing about where it is: the server of whoever invites knows it.
        const path = `/client/v3/join/${encodeURIComponent(room)}`;
        const failed = await joined(crew, account, { path, query: { via: serverOf(from) } }, context);
        if (failed)
          context.log.warn(
            { platform: "matrix", account, room, code: failed.code, detail: failed.message },
            "An invitation could not be accepted",
          );
        if (!failed?.retryable) await context.memory.delete(key);
        // One room on a server that is down must not keep us out of all others; who asks to wait means them all.
        else if (failed.code === "rate.limited" || context.signal.aborted) return;
      }
    } catch (error) {
      const { code } = readError(error, { account, what: "join" });
      context.log.warn({ platform: "matrix", account, code }, "Invitations could not be looked up; they are next time");
    }
  };
  return {
    async note(account, invitation, context) {
      if (!welcome(invitation.from, account)) return false;
      const key = prefix(account) + hash("sha256", invitation.room, "base64url");
      await context.memory.set(key, invitation, { ttlMs: patienceMs });
      return true;
    },
    async accept(account, context) {
      if (busy.has(account)) return void busy.set(account, true);
      try {
        do {
          busy.set(account, false);
          await acceptAll(account, context);
        } while (busy.get(account) === true && !context.signal.aborted);
      } finally {
        busy.delete(account);
      }
    },
  };
}

/** The server that invites may not have stored its own invitation yet, and then says that there is none. */
async function joined(
  crew: Crew,
  account: string,
  { path, query }: { readonly path: string; readonly query: Readonly<Record<string, string>> },
  context: AdapterContext,
): Promise<GatewayError | undefined> {
  for (const waitMs of [...laggingMs, undefined]) {
    try {
      await crew.request(account, { method: "POST", path, what: "join", query, body: {} }, context);
      return undefined;
    } catch (error) {
      if (waitMs === undefined || statusOf(error) !== 403 || context.signal.aborted)
        return readError(error, { account, what: "join" });
    }
    await sleep(context.clock, waitMs, context.signal);
  }
  return undefined;
}
