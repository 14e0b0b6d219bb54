type Readers = Readonly<Record<string, () => unknown>>;
type Read<R extends Readers> = { readonly [K in keyof R]: ReturnType<R[K]> };

const source = Symbol("readers");
/** By the name of the property. */
const accessors = new Map<string, PropertyDescriptor>();

/**
 * Adds properties to an object that are worked out when they are first read, and once. An accessor written into the literal
 * gives each object a hidden class of its own, and V8 keeps that, with all that the accessor refers to, until a full
 * collection: a message would stay in memory long after it was handled. Here all objects share theirs.
 */
export function lazy<T extends object, R extends Readers>(target: T, readers: R): T & Read<R> {
  Object.defineProperty(target, source, { value: { readers, read: {} } satisfies Source });
  for (const name in readers) Object.defineProperty(target, name, accessorOf(name));
  return target as T & Read<R>;
}

interface Source {
  readonly readers: Readers;
  readonly read: Record<string, unknown>;
}

function accessorOf(name: string): PropertyDescriptor {
  const known = accessors.get(name);
  if (known !== undefined) return known;
  const made: PropertyDescriptor = {
    enumerable: true,
    get(this: { readonly [source]: Source }) {
      const { readers, read } = this[source];
      return Object.hasOwn(read, name) ? read[name] : (read[name] = readers[name]?.());
    },
  };
  accessors.set(name, made);
  return made;
}
