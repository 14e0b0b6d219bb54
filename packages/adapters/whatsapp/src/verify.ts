import type { AdapterContext, RawRequest, Secret, Verdict, Verifier, WireResponse } from "@devflow/gateway/contract";
import { equalInConstantTime, hmacSha256 } from "@devflow/gateway/kit";
import type { Settings } from "./options.ts";

const header = "x-hub-signature-256";
const challengeForm = /^[\w-]{1,128}$/;
const refusal: WireResponse = { status: 403, body: "not verified" };

/** The verify token of the handshake; undefined when nothing is configured. */
export async function verifyTokenOf(
  settings: Pick<Settings, "verifyToken">,
  context: AdapterContext,
): Promise<string | undefined> {
  const found = settings.verifyToken ?? (await context.secret("VERIFY_TOKEN"));
  return found?.expose() || undefined;
}

/**
 * Proves Meta's requests: HMAC-SHA256 of the body's bytes under the app secret, or any of them. The handshake is a GET that
 * carries our verify token and gets its challenge back.
 */
export function verifier(settings: Pick<Settings, "appSecrets" | "verifyToken">): Verifier {
  return {
    async verify(request, context): Promise<Verdict> {
      if (request.method === "GET") return handshake(request, settings, context);
      const given = request.header(header);
      if (given === undefined || given === "") return refuse(`the header ${header} is missing`);
      const secrets = settings.appSecrets ?? listOf(await context.secret("APP_SECRET"));
      if (secrets.length === 0) return refuse("no app secret is configured (WHATSAPP_APP_SECRET)");
      let proven = false;
      for (const one of secrets) {
        proven = equalInConstantTime(`sha256=${hmacSha256(one.expose(), request.body)}`, given) || proven;
      }
      return proven ? { proven: true } : refuse(`the header ${header} does not fit the body`);
    },
  };
}

/** Echoes nothing but a number or word, and only to who knows the token. */
async function handshake(
  request: RawRequest,
  settings: Pick<Settings, "verifyToken">,
  context: AdapterContext,
): Promise<Verdict> {
  const query = new URLSearchParams(request.url.split("?").slice(1).join("?"));
  if (query.get("hub.mode") !== "subscribe") return refuse("a GET is a handshake, and this is none");
  const token = await verifyTokenOf(settings, context);
  const known = token !== undefined && equalInConstantTime(token, query.get("hub.verify_token") ?? "");
  const challenge = query.get("hub.challenge") ?? "";
  if (!known || !challengeForm.test(challenge)) return { answer: refusal };
  return { answer: { status: 200, headers: { "content-type": "text/plain" }, body: challenge } };
}

/** An empty secret would let anybody sign. */
function listOf(found: Secret | undefined): readonly Secret[] {
  return found === undefined || found.expose() === "" ? [] : [found];
}

function refuse(reason: string): Verdict {
  return { proven: false, reason };
}
