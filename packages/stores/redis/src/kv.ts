import type { Kv, KvEntry, KvWrite } from "@devflow/gateway/contract";
import { checkKey, checkValue, compareBytes } from "@devflow/gateway/kit";
import type { Arg, Client } from "./client/index.ts";

export function checkWrite({ key, value }: Pick<KvWrite, "key" | "value">): void {
  checkKey(key, "key of a value");
  checkValue(value);
}

/** A write as the script reads it: a value begins with a sign, since nothing at all deletes. */
export function writeArgs({ key, value, ttlMs, ifVersion }: KvWrite): Arg[] {
  const text = value === undefined ? "" : Buffer.concat([plus, value]);
  return [key, text, ttlMs === undefined ? "" : Math.ceil(ttlMs), ifVersion ?? ""];
}

const plus = Buffer.from("+");
/** Greater than every byte of UTF-8. */
const beyond = Buffer.from([0xff]);

export function redisKv(client: Client): Kv {
  return {
    async get(key) {
      checkWrite({ key, value: undefined });
      const [version, value] = (await client.call({ op: "get", args: [key] })) as readonly [number, Buffer];
      return version === 0 ? undefined : { version, value: bytesOf(value) };
    },
    async set(key, value, options = {}) {
      const write = { ...options, key, value };
      checkWrite(write);
      const version = (await client.call({ op: "set", args: writeArgs(write), grows: true })) as number;
      return version === 0 ? false : version;
    },
    async delete(key, { ifVersion } = {}) {
      checkWrite({ key, value: undefined });
      return (await client.call({ op: "delete", args: [key, ifVersion ?? ""] })) === 1;
    },
    async list(prefix, { limit = Infinity, after, reverse = false } = {}) {
      checkKey(prefix, "prefix of keys");
      const first = prefix === "" ? "-" : `[${prefix}`;
      const last = prefix === "" ? "+" : Buffer.concat([Buffer.from(`(${prefix}`), beyond]);
      const before = after !== undefined && compareBytes(after, prefix) < 0;
      const past = after !== undefined && !before && !after.startsWith(prefix);
      if (reverse ? before : past) return [];
      let from: Arg | undefined = after === undefined || before || past ? undefined : `(${after}`;
      const found: (KvEntry & { readonly key: string })[] = [];
      while (found.length < limit) {
        const bounds = reverse ? [from ?? last, first] : [from ?? first, last];
        const args = [reverse ? 1 : 0, ...bounds, Math.min(limit - found.length, 500)];
        const [next, ...page] = (await client.call({ op: "list", args })) as readonly [Buffer, ...(number | Buffer)[]];
        for (let i = 0; i < page.length; i += 3) {
          const [key, version, value] = page.slice(i, i + 3) as [Buffer, number, Buffer];
          found.push({ key: key.toString(), version, value: bytesOf(value) });
        }
        if (next.length === 0) break;
        from = Buffer.concat([open, next]);
      }
      return found;
    },
  };
}

const open = Buffer.from("(");

/** A copy of its own, not a view of everything that came with it. */
function bytesOf(value: Buffer): Uint8Array {
  return new Uint8Array(value);
}
