import { createPublicKey, verify, type KeyObject } from "node:crypto";
import type { AdapterContext, RawRequest, Verdict, Verifier } from "@devflow/gateway/contract";
import { isPublicKey, type Settings } from "./options.ts";

/** A signed request is as good as new for this long, in either direction. Discord names no limit. */
const toleranceMs = 300_000;
/** What stands before the 32 bytes of an Ed25519 key in DER. Source: RFC 8410. */
const derPrefix = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Proves Discord's requests: Ed25519 over timestamp and body. Discord sends wrong signatures on purpose and takes the
 * address away from whoever lets one pass.
 */
export function verifier(settings: Pick<Settings, "publicKeys">): Verifier {
  const keys = new Map<string, KeyObject>();
  const keyOf = (hex: string): KeyObject => {
    const known = keys.get(hex);
    if (known) return known;
    const key = createPublicKey({ key: Buffer.concat([derPrefix, Buffer.from(hex, "hex")]), format: "der", type: "spki" });
    keys.set(hex, key);
    return key;
  };
  return {
    async verify(request, context) {
      const found = await publicKeys(settings, context);
      if (found.length === 0) return refuse("there is no public key: set DISCORD_PUBLIC_KEY or the option `publicKey`");
      return prove(request, found.map(keyOf));
    },
  };
}

/** The keys that prove requests, newest first. A text that is no key is none. */
export async function publicKeys(settings: Pick<Settings, "publicKeys">, context: AdapterContext): Promise<readonly string[]> {
  if (settings.publicKeys) return settings.publicKeys;
  const found = await context.secret("PUBLIC_KEY");
  return (found?.expose() ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(isPublicKey);
}

function prove(request: RawRequest, keys: readonly KeyObject[]): Verdict {
  const signature = request.header("x-signature-ed25519") ?? "";
  const timestamp = request.header("x-signature-timestamp") ?? "";
  if (!/^[\da-f]{128}$/i.test(signature)) return refuse("there is no signature");
  if (!/^\d{1,10}$/.test(timestamp)) return refuse("there is no timestamp");
  const signed = Buffer.concat([Buffer.from(timestamp), request.body]);
  const bytes = Buffer.from(signature, "hex");
  if (!keys.some((key) => verify(null, signed, key, bytes))) return refuse("the signature does not fit the body");
  if (Math.abs(request.receivedAt - Number(timestamp) * 1000) > toleranceMs) return refuse("the timestamp is too far from now");
  return { proven: true };
}

function refuse(reason: string): Verdict {
  return { proven: false, reason };
}
