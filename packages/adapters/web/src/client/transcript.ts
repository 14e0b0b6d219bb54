import { hash } from "node:crypto";
import type { AdapterContext } from "@devflow/gateway/contract";
import type { WebSettings } from "../options.ts";
import type { WebEntry, WebRecord } from "../wire.ts";

/** What was said in each room, in the adapter's memory. */
export interface Transcript {
  /** Appends once per `key`, however often and from however many processes it is called; resolves to the record made then. */
  append(room: string, key: string, entry: WebEntry, context: AdapterContext): Promise<WebRecord>;
  /** Records after number `n`, oldest first, at most `pageSize` of them. */
  after(room: string, n: number, context: AdapterContext): Promise<readonly WebRecord[]>;
  all(room: string, context: AdapterContext): Promise<readonly WebRecord[]>;
  get(room: string, n: number, context: AdapterContext): Promise<WebRecord | undefined>;
  /** Number of the newest record; 0 without any. */
  tail(room: string, context: AdapterContext): Promise<number>;
  /** Takes the text out of a record, and leaves its place. */
  blank(room: string, n: number, context: AdapterContext): Promise<void>;
  forget(room: string, context: AdapterContext): Promise<void>;
  /** The person has read enough of the message that is growing. */
  stop(room: string, id: string, context: AdapterContext): Promise<void>;
  stopped(room: string, id: string, context: AdapterContext): Promise<boolean>;
}

/** Most records that one call of `after` returns. */
export const pageSize = 200;

type Stored = WebRecord & { readonly key: string };

/** Longer than any stream. */
const stopMs = 3_600_000;

/** The transcript of all rooms; `grown` hears of each record appended here. */
export function createTranscript(settings: WebSettings, grown: (room: string) => void): Transcript {
  const { keepMs: ttlMs, keepRecords } = settings;

  /**
   * Where to begin looking for a key: the tail at its first attempt. It is written before the first record can be, so a
   * record of this key lies behind it; that is what makes a repeated append find the first one instead of adding another.
   */
  const start = async (room: string, key: string, context: AdapterContext): Promise<{ n: number; fresh: boolean }> => {
    const mark = `mark/${room}/${hash("sha256", key)}`;
    const known = await context.memory.get<number>(mark);
    if (known !== undefined) return { n: known.value, fresh: false };
    const n = await transcript.tail(room, context);
    if ((await context.memory.set(mark, n, { ttlMs, ifVersion: 0 })) !== false) return { n, fresh: true };
    return { n: (await context.memory.get<number>(mark))?.value ?? n, fresh: false };
  };

  const list = async (room: string, n: number, context: AdapterContext): Promise<readonly Stored[]> => {
    const rows = await context.memory.list<Stored>(`log/${room}/`, { after: place(room, n), limit: pageSize });
    return rows.map((row) => row.value);
  };

  const transcript: Transcript = {
    async append(room, key, entry, context) {
      let { n, fresh } = await start(room, key, context);
      for (;;) {
        for (let page = fresh ? [] : await list(room, n, context); page.length > 0; page = await list(room, n, context)) {
          const mine = page.find((record) => record.key === key);
          if (mine !== undefined) return open(mine);
          n = page.at(-1)?.n ?? n;
        }
        const record: Stored = { ...entry, n: n + 1, at: context.clock.now(), key };
        if ((await context.memory.set(place(room, n + 1), record, { ttlMs, ifVersion: 0 })) !== false) {
          if (n >= keepRecords) await context.memory.delete(place(room, n + 1 - keepRecords));
          grown(room);
          return open(record);
        }
        fresh = false;
      }
    },
    after: async (room, n, context) => (await list(room, n, context)).map(open),
    async all(room, context) {
      const records: WebRecord[] = [];
      for (let page = await list(room, 0, context); page.length > 0; page = await list(room, records.at(-1)?.n ?? 0, context)) {
        records.push(...page.map(open));
        if (page.length < pageSize) break;
      }
      return records;
    },
    async get(room, n, context) {
      const found = await context.memory.get<Stored>(place(room, n));
      return found === undefined ? undefined : open(found.value);
    },
    async tail(room, context) {
      const [newest] = await context.memory.list<Stored>(`log/${room}/`, { limit: 1, reverse: true });
      return newest?.value.n ?? 0;
    },
    async blank(room, n, context) {
      const found = await context.memory.get<Stored>(place(room, n));
      if (found === undefined) return;
      const { key, at } = found.value;
      await context.memory.set(place(room, n), { kind: "gone", n, at, key } satisfies Stored, { ttlMs });
    },
    async forget(room, context) {
      for (const prefix of [`log/${room}/`, `mark/${room}/`, `file/${room}/`, `stop/${room}/`]) {
        for (;;) {
          const rows = await context.memory.list(prefix, { limit: pageSize });
          if (rows.length === 0) break;
          for (const { key } of rows) await context.memory.delete(key);
        }
      }
      grown(room);
    },
    async stop(room, id, context) {
      await context.memory.set(`stop/${room}/${id}`, true, { ttlMs: stopMs });
    },
    stopped: async (room, id, context) => (await context.memory.get(`stop/${room}/${id}`)) !== undefined,
  };
  return transcript;
}

/** Id of the message that a record is or changes. */
export function subjectOf(record: WebRecord): string | undefined {
  if (record.kind === "message") return record.from === "bot" ? `b${record.n}` : record.id;
  return "id" in record ? record.id : undefined;
}

/** Keys in the order of their numbers. */
function place(room: string, n: number): string {
  return `log/${room}/${String(n).padStart(10, "0")}`;
}

/** The idempotency key is ours alone. */
function open({ key: _, ...record }: Stored): WebRecord {
  return record;
}
