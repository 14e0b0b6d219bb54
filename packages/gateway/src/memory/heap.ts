/** What lies in a heap knows its place there, so that it can be moved and taken out. */
export interface Placed {
  /** Index in the heap; -1 outside. */
  place: number;
}

/** A binary heap whose members can change their rank or leave. */
export interface Heap<T extends Placed> {
  readonly size: number;
  first(): T | undefined;
  /** Adds the member, or moves it after its rank has changed. */
  put(item: T): void;
  remove(item: T): void;
}

export function heap<T extends Placed>(before: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = [];

  const set = (item: T, place: number): void => {
    items[place] = item;
    item.place = place;
  };
  const rise = (item: T): void => {
    let place = item.place;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = items[above] as T;
      if (!before(item, parent)) break;
      set(parent, place);
      place = above;
    }
    set(item, place);
  };
  const sink = (item: T): void => {
    let place = item.place;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && before(items[below + 1] as T, items[below] as T)) below += 1;
      const child = items[below] as T;
      if (!before(child, item)) break;
      set(child, place);
      place = below;
    }
    set(item, place);
  };

  return {
    get size() {
      return items.length;
    },
    first: () => items[0],
    put(item) {
      if (item.place < 0) set(item, items.length);
      rise(item);
      sink(item);
    },
    remove(item) {
      const place = item.place;
      if (place < 0) return;
      item.place = -1;
      const last = items.pop() as T;
      if (last === item) return;
      set(last, place);
      rise(last);
      sink(last);
    },
  };
}
