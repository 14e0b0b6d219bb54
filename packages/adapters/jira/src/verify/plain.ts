import { createHmac } from "node:crypto";
import type { RawRequest } from "@devflow/gateway/contract";
import { equalInConstantTime, hmacSha256 } from "@devflow/gateway/kit";

/** Methods that Atlassian may change to; it names them before the `=`. */
const methods: ReadonlySet<string> = new Set(["sha256", "sha384", "sha512"]);

/** `X-Hub-Signature: sha256=<hex>`, the HMAC of the exact body. What is wrong, or undefined. */
export function signatureProves(request: RawRequest, secret: string): string | undefined {
  const [method = "", given = ""] = (request.header("x-hub-signature") ?? "").split(/=(.*)/s);
  if (!methods.has(method)) return "the signature is of no known method";
  const right =
    method === "sha256" ? hmacSha256(secret, request.body) : createHmac(method, secret).update(request.body).digest("hex");
  return equalInConstantTime(right, given) ? undefined : "the signature does not fit the body";
}

/** The password of basic authentication, as Data Center sends it. The user's name is not looked at. */
export function basicProves(request: RawRequest, secret: string): string | undefined {
  const given = Buffer.from((request.header("authorization") ?? "").replace(/^basic /i, ""), "base64").toString();
  const password = given.slice(given.indexOf(":") + 1);
  return given.includes(":") && equalInConstantTime(secret, password) ? undefined : "the password is not the secret";
}

/** `?secret=` in the address: the only proof that servers before Data Center 10 can give. */
export function queryProves(request: RawRequest, secret: string): string | undefined {
  const given = new URLSearchParams(request.url.split("?", 2)[1] ?? "").getAll("secret");
  return given.length === 1 && equalInConstantTime(secret, given[0] ?? "") ? undefined : "the secret in the address is another";
}
