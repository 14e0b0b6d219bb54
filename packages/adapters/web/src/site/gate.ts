import { refusal } from "../errors.ts";

/** Counts what is in flight, so that one person cannot take all of it. */
export interface Gate {
  /** Takes a place or throws `session.busy`. The returned function gives it back; calling it again does nothing. */
  enter(room: string): () => void;
}

/** A gate with so many places per room, and so many in all. */
export function createGate(perRoom: number, total: number): Gate {
  const rooms = new Map<string, number>();
  let taken = 0;
  return {
    enter(room) {
      const here = rooms.get(room) ?? 0;
      if (here >= perRoom || taken >= total)
        throw refusal("session.busy", "too many requests at once. Close other tabs, or wait a moment.");
      rooms.set(room, here + 1);
      taken++;
      let inside = true;
      return () => {
        if (!inside) return;
        inside = false;
        taken--;
        const left = (rooms.get(room) ?? 1) - 1;
        if (left === 0) rooms.delete(room);
        else rooms.set(room, left);
      };
    },
  };
}
