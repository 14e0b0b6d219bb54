import type { Archive } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import type { Clients } from "./client/index.ts";
import { readNote } from "./normalize/index.ts";
import { instanceOf, type Settings } from "./options.ts";
import { id, internalRoute, noteablePath, readThread, records } from "./wire/index.ts";

/** Notes that are looked through at most for the one before which to begin. */
const reach = 2_000;

/**
 * Reads the notes of an issue, a merge request or a snippet, or those of one discussion. Left out is what GitLab itself noted, and
 * what is internal where the answer is not.
 */
export function createArchive(settings: Settings, clients: Clients): Archive {
  return {
    async history(address, { limit, before }, context) {
      const { account, room, route } = address;
      const place = readThread(address.thread);
      if (place === undefined || limit < 1) return [];
      const identity = await clients.identify(account, context);
      const project = { room, ...(/^\d+$/.test(room) ? {} : { url: `${instanceOf(settings, account, context)}/${room}` }) };
      const path = noteablePath(room, place);
      const read = (note: JsonObject) => readNote(note, { project, self: { identity, own: false }, at: context.clock.now() });
      const spoken = (note: JsonObject): boolean =>
        note["system"] !== true && (route === internalRoute || (note["internal"] ?? note["confidential"]) !== true);
      if (place.discussion !== undefined || place.kind === "commit") {
        const folder = `${path}/discussions${place.discussion === undefined ? "" : `/${encodeURIComponent(place.discussion)}`}`;
        const { body } = await clients.call(account, { path: folder }, context);
        const notes = records(Array.isArray(body) ? body : [body]).flatMap((discussion) => records(discussion["notes"]));
        const end = before === undefined ? -1 : notes.findIndex((note) => id(note["id"]) === before);
        return (end < 0 ? notes : notes.slice(0, end)).filter(spoken).slice(-limit).map(read);
      }
      const found: JsonObject[] = [];
      let begun = before === undefined;
      let seen = 0;
      const query = { order_by: "created_at", sort: "desc", per_page: Math.min(100, Math.max(20, limit)) };
      for await (const note of clients.list(account, { path: `${path}/notes`, query }, context)) {
        if (begun && spoken(note)) found.push(note);
        begun ||= id(note["id"]) === before;
        if (found.length >= limit || ++seen >= reach) break;
      }
      return found.toReversed().map(read);
    },
  };
}
