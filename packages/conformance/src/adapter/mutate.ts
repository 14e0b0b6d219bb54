/** What takes the place of a value: nothing, and one of each wrong type. */
const replacements: readonly unknown[] = [undefined, null, 0, "", "x", true, [], {}, [null], { toString: null }];

type Path = readonly (string | number)[];

/**
 * Damaged copies of a payload: each value cut out or replaced by something of another type, keys in reverse order, and
 * keys that JSON can carry and objects should not.
 */
export function* mutants(payload: unknown, limit: number): Generator {
  yield reversed(payload);
  yield* hostile;
  const all = [...paths(payload, [])];
  const step = Math.max(1, Math.ceil((all.length * replacements.length) / limit));
  let count = 0;
  for (const path of all) {
    for (const replacement of replacements) {
      if (count++ % step === 0) yield replaced(payload, path, replacement);
    }
  }
}

const hostile: readonly unknown[] = [
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  {},
  [],
  null,
  "text",
  42,
];

function* paths(value: unknown, path: Path): Generator<Path> {
  if (path.length > 0) yield path;
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    yield* paths(read(value, key), [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function read(value: object, key: string | number): unknown {
  return (value as Record<string | number, unknown>)[key];
}

function replaced(payload: unknown, path: Path, replacement: unknown): unknown {
  const copy: unknown = structuredClone(payload);
  let holder = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? "";
  // JSON knows no holes: what is cut out of a list closes up.
  if (replacement === undefined && Array.isArray(holder)) holder.splice(Number(last), 1);
  else if (replacement === undefined) delete holder[last];
  else holder[last] = replacement;
  return copy;
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
