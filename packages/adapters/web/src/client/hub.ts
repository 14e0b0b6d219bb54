import type { WebLive } from "../wire.ts";

/** Called with what is live, or without it when the transcript has grown. Must not throw. */
export type Listener = (live?: WebLive) => void;

/** The open pages of this process, by room. Other processes learn of records by polling, and of live things not at all. */
export interface Hub {
  /** The listener hears at once of streams that are running. The returned function closes. */
  open(room: string, listener: Listener): () => void;
  /** The transcript of the room has grown. */
  wake(room: string): void;
  show(room: string, live: WebLive): void;
  /** The stream of that message is over. */
  settle(room: string, id: string): void;
}

// A stream whose end never comes (its process died elsewhere) must not be remembered for ever.
const maxStreams = 1_000;

/** A hub without pages. */
export function createHub(): Hub {
  const rooms = new Map<string, Set<Listener>>();
  const streams = new Map<string, WebLive & { readonly room: string }>();

  const tell = (room: string, live?: WebLive): void => {
    for (const listener of rooms.get(room) ?? []) listener(live);
  };

  return {
    open(room, listener) {
      const listeners = rooms.get(room) ?? new Set();
      rooms.set(room, listeners.add(listener));
      for (const { room: of, ...live } of streams.values()) if (of === room) listener(live);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && rooms.get(room) === listeners) rooms.delete(room);
      };
    },
    wake: (room) => tell(room),
    show(room, live) {
      if (live.kind === "stream") {
        streams.delete(`${room}/${live.id}`);
        streams.set(`${room}/${live.id}`, { ...live, room });
        for (const oldest of streams.keys()) {
          if (streams.size <= maxStreams) break;
          streams.delete(oldest);
        }
      }
      tell(room, live);
    },
    settle(room, id) {
      streams.delete(`${room}/${id}`);
    },
  };
}
