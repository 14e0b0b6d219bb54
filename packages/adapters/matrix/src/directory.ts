import { hash } from "node:crypto";
import type { AdapterContext, Conversation, Directory, User } from "@devflow/gateway/contract";
import { isGatewayError, type JsonObject } from "@devflow/gateway/kit";
import { isDirect, readRoom, roomOf, titleOf, type Crew, type RoomFacts } from "./client/index.ts";
import { userOf } from "./normalize/facts.ts";
import { matrixTo, object, string } from "./wire/index.ts";

/** How long names are believed. */
const cacheMs = 600_000;

/** Makes the role that looks up people and rooms. */
export function directory(crew: Crew): Directory {
  return {
    async user(id: string, account: string, context: AdapterContext): Promise<User | undefined> {
      const profile = await find(crew, account, `/client/v3/profile/${encodeURIComponent(id)}`, "profile", context);
      return profile && userOf(id, account, { displayname: profile.displayname });
    },
    async conversation(address, context): Promise<Conversation | undefined> {
      const { account, thread } = address;
      const room = await roomOf(crew, address, context).catch(gone);
      if (room === undefined) return undefined;
      const path = `/client/v3/rooms/${encodeURIComponent(room)}`;
      const members = await find(crew, account, `${path}/joined_members`, "members", context);
      if (!members) return undefined;
      const name = string((await find(crew, account, `${path}/state/m.room.name/`, "state", context))?.name);
      const alias = string((await find(crew, account, `${path}/state/m.room.canonical_alias/`, "state", context))?.alias);
      const count = Object.keys(object(members.joined)).length;
      const known = await readRoom(account, room, context);
      const facts: RoomFacts = {
        members: count,
        ...(known.direct ? { direct: true } : {}),
        ...(name ? { name } : {}),
        ...(alias ? { alias } : {}),
      };
      const title = titleOf(facts);
      return {
        address,
        kind: isDirect(facts) ? "direct" : "group",
        ...(title === undefined ? {} : { title }),
        url: thread ? matrixTo(room, thread) : matrixTo(room),
      };
    },
  };
}

async function find(
  crew: Crew,
  account: string,
  path: string,
  what: string,
  context: AdapterContext,
): Promise<JsonObject | undefined> {
  const key = `found/${hash("sha256", JSON.stringify([account, path]), "base64url")}`;
  const cached = await context.memory.get<JsonObject>(key);
  if (cached) return cached.value;
  const found = await crew.call(account, { method: "GET", path, what }, context).catch(gone);
  if (found === undefined) return undefined;
  await context.memory.set(key, object(found), { ttlMs: cacheMs });
  return object(found);
}

function gone(error: unknown): undefined {
  if (isGatewayError(error) && (error.code === "target.gone" || error.code === "operation.rejected")) return undefined;
  throw error;
}
