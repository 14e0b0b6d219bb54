import { hash, randomBytes } from "node:crypto";
import type { AdapterContext } from "@devflow/gateway/contract";
import { equalInConstantTime, hmacSha256 } from "@devflow/gateway/kit";
import { refusal } from "./errors.ts";
import type { WebSettings } from "./options.ts";

/** A person's hold on a room: whoever has the cookie, and nobody else, reads and writes there. */
export interface Session {
  readonly room: string;
  /** Set when the browser has to be given a cookie: a new session, or one that is older than {@link renewalMs}. */
  readonly cookie?: string;
}

/** Proves sessions by their signed cookie, and makes new ones. */
export interface Sessions {
  find(request: Request, context: AdapterContext): Promise<Session | undefined>;
  begin(request: Request, context: AdapterContext): Promise<Session>;
}

const dayMs = 86_400_000;

/** Age from which a cookie is renewed. A third: a stream that began just before that age ends with time left to ask anew. */
export function renewalMs({ keepMs }: WebSettings): number {
  return Math.min(dayMs, keepMs / 3);
}

/** True for the name of a room. */
export function isRoom(value: string): boolean {
  return /^[0-9a-f]{32}$/.test(value);
}

/** Sessions whose key is the option, or one that the first process to ask puts in the store. */
export function createSessions(settings: WebSettings): Sessions {
  let made: Promise<string> | undefined;

  const secretOf = async (context: AdapterContext): Promise<string> => {
    if (settings.sessionSecret !== undefined) return settings.sessionSecret.expose();
    made ??= shared(context);
    try {
      return await made;
    } catch (error) {
      made = undefined;
      throw error;
    }
  };

  // Cookies do not know ports: two gateways on localhost need two names.
  const nameOf = (key: string): string => `devflow_chat_${hash("sha256", `${key}:name`).slice(0, 8)}`;
  const sign = (key: string, body: string): string => hmacSha256(key, `devflow-chat:${body}`);

  const bake = (request: Request, key: string, room: string, now: number): string => {
    const body = `${room}.${now.toString(36)}`;
    const secure = new URL(request.url).protocol === "https:" || request.headers.get("x-forwarded-proto") === "https";
    const attributes = `Path=${settings.path}; Max-Age=${Math.floor(settings.keepMs / 1000)}; HttpOnly; SameSite=Lax`;
    return `${nameOf(key)}=${body}.${sign(key, body)}; ${attributes}${secure ? "; Secure" : ""}`;
  };

  return {
    async find(request, context) {
      const key = await secretOf(context);
      const now = context.clock.now();
      for (const value of cookies(request, nameOf(key))) {
        const [room = "", issued = "", mac = "", ...rest] = value.split(".");
        if (rest.length > 0 || !isRoom(room) || !equalInConstantTime(mac, sign(key, `${room}.${issued}`))) continue;
        const age = now - Number.parseInt(issued, 36);
        if (!(age <= settings.keepMs)) continue;
        return age > renewalMs(settings) ? { room, cookie: bake(request, key, room, now) } : { room };
      }
      return undefined;
    },
    async begin(request, context) {
      const key = await secretOf(context);
      const room = randomBytes(16).toString("hex");
      return { room, cookie: bake(request, key, room, context.clock.now()) };
    },
  };
}

async function shared({ memory }: AdapterContext): Promise<string> {
  await memory.set("session-secret", randomBytes(32).toString("hex"), { ifVersion: 0 });
  const kept = await memory.get<string>("session-secret");
  if (kept === undefined) throw refusal("store.unavailable", "the key of the sessions could not be kept in the store.");
  return kept.value;
}

function* cookies(request: Request, name: string): Generator<string> {
  for (const pair of (request.headers.get("cookie") ?? "").split(/;\s*/)) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at) === name) yield pair.slice(at + 1);
  }
}

/**
 * Refuses requests that another site made in a person's browser, and names that were pointed at this machine by others (DNS
 * rebinding). Resolves the origin to name in CORS headers, if it is a foreign one that the options allow.
 */
export function admit(request: Request, settings: WebSettings, kind: "private" | "public"): string | undefined {
  const url = new URL(request.url);
  if (!isOwn(url, settings)) {
    throw refusal("origin.refused", `the chat does not answer at ${url.host}. Add its origin to the option allowedOrigins.`);
  }
  if (kind === "public") return undefined;
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  if (origin !== null && settings.allowedOrigins.has(origin)) return hostOf(origin) === url.host ? undefined : origin;
  if (origin !== null && hostOf(origin) !== url.host) throw foreign(origin);
  const trusted =
    site === null
      ? origin !== null || request.method === "GET"
      : site === "same-origin" || (site === "none" && request.method === "GET");
  if (!trusted) throw foreign(origin ?? "another site");
  return undefined;
}

function foreign(origin: string): Error {
  return refusal("origin.refused", `requests from ${origin.slice(0, 200)} are not allowed. Add it to the option allowedOrigins.`);
}

function isOwn({ host, hostname }: URL, { allowedOrigins }: WebSettings): boolean {
  if (hostname === "localhost" || hostname.endsWith(".localhost")) return true;
  if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname) || hostname.startsWith("[")) return true;
  for (const origin of allowedOrigins) if (hostOf(origin) === host) return true;
  return false;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
