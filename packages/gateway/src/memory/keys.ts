import { compareBytes } from "../kit/index.ts";

/** Keys in the order of their bytes, sorted no sooner than somebody asks. Some may be gone, some may stand there twice. */
export interface SortedKeys {
  added(key: string): void;
  removed(): void;
  sorted(): readonly string[];
  /** Index of the first key not before `prefix`, after `sorted`. */
  firstFrom(prefix: string): number;
  /** Index of the first key behind all that begin with `prefix`. */
  firstBeyond(prefix: string): number;
}

export function sortedKeys(exists: (key: string) => boolean): SortedKeys {
  let order: string[] = [];
  let fresh: string[] = [];
  let gone = 0;

  const search = (behind: (key: string) => boolean): number => {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (behind(order[middle] as string)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const firstFrom = (prefix: string): number => search((key) => compareBytes(key, prefix) >= 0);

  return {
    added: (key) => void fresh.push(key),
    removed: () => void (gone += 1),
    sorted() {
      if (gone * 2 > order.length || fresh.length > 64) {
        order = [...new Set([...order, ...fresh])].filter(exists).toSorted(compareBytes);
        gone = 0;
      } else {
        for (const key of fresh) order.splice(firstFrom(key), 0, key);
      }
      fresh = [];
      return order;
    },
    firstFrom,
    firstBeyond: (prefix) => search((key) => compareBytes(key, prefix) >= 0 && !key.startsWith(prefix)),
  };
}
