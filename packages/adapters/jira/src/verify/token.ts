import { createHmac, hash } from "node:crypto";
import type { RawRequest } from "@devflow/gateway/contract";
import { equalInConstantTime } from "@devflow/gateway/kit";
import { record, text } from "../wire/index.ts";

/** Clocks may differ by this much. */
const skewMs = 60_000;
/** A token that names no end is good for this long. */
const lifeMs = 300_000;

/**
 * A JWT signed with HS256: `Authorization: Bearer` with an OAuth app's client secret, or `Authorization: JWT` (or `?jwt=`) with a
 * Connect app's shared secret, whose claim `qsh` must fit the request. The algorithm is pinned. What is wrong, or undefined.
 */
export function tokenProves(request: RawRequest, secret: string): string | undefined {
  const header = /^(bearer|jwt) +(.+)$/i.exec(request.header("authorization") ?? "");
  const query = new URLSearchParams(request.url.split("?", 2)[1] ?? "");
  const [head = "", claims = "", signature = "", ...rest] = (header?.[2] ?? query.get("jwt") ?? "").trim().split(".");
  if (rest.length > 0 || text(readPart(head)["alg"]) !== "HS256") return "the token is no JWT of HS256";
  const right = createHmac("sha256", secret).update(`${head}.${claims}`).digest("base64url");
  if (!equalInConstantTime(right, signature)) return "the token is signed with another secret";
  const { exp, iat, qsh } = readPart(claims);
  if (typeof iat !== "number" || iat * 1_000 > request.receivedAt + skewMs) return "the token has no time, or one to come";
  const end = typeof exp === "number" ? exp * 1_000 : iat * 1_000 + lifeMs;
  if (end < request.receivedAt - skewMs) return "the token has expired";
  if (header?.[1]?.toLowerCase() === "bearer") return undefined;
  const fits = text(qsh) !== undefined && pathsOf(request.url).some((path) => queryHash(request.method, path, query) === qsh);
  return fits ? undefined : "the token is of another request";
}

/** A part of a token whose signature may not have been looked at yet: nothing but its algorithm is read before. */
function readPart(part: string): ReturnType<typeof record> {
  try {
    return record(JSON.parse(Buffer.from(part, "base64url").toString()));
  } catch {
    return record(undefined);
  }
}

/** The path as it came, and as it is below a base address that ends before `/webhooks`. */
function pathsOf(url: string): readonly string[] {
  const path = (url.split("?", 1)[0] ?? "").replace(/(?<=.)\/+$/, "") || "/";
  const at = path.lastIndexOf("/webhooks/");
  return at > 0 ? [path, path.slice(at)] : [path];
}

/** Connect's canonical request: `METHOD&path&query`, the query sorted and without the token. */
function queryHash(method: string, path: string, query: URLSearchParams): string {
  const names = [...new Set(query.keys())].filter((name) => name !== "jwt");
  const sorted = names
    .map((name) => [encoded(name), query.getAll(name).map(encoded).toSorted().join(",")] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return hash("sha256", `${method.toUpperCase()}&${path.replaceAll("&", "%26")}&${sorted.join("&")}`, "hex");
}

/** RFC 3986, which is stricter than `encodeURIComponent`. */
function encoded(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
