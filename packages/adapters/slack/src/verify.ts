import type { AdapterContext, RawRequest, Secret, Verdict, Verifier } from "@devflow/gateway/contract";
import { equalInConstantTime, hmacSha256 } from "@devflow/gateway/kit";
import type { Settings } from "./options.ts";

/** A signed request is as good as new for this long, in either direction. */
const toleranceMs = 300_000;

/** Proves Slack's requests: HMAC-SHA256 over `v0:<timestamp>:<body>`, under any of the secrets. */
export function createVerifier(settings: Pick<Settings, "signingSecrets">): Verifier {
  return {
    verify(request, context) {
      const signature = request.header("x-slack-signature");
      if (signature === undefined) return isProbe(request) ? { answer: { status: 200 } } : refuse("there is no signature");
      const timestamp = request.header("x-slack-request-timestamp") ?? "";
      if (!/^\d{1,10}$/.test(timestamp)) return refuse("there is no timestamp");
      if (Math.abs(request.receivedAt - Number(timestamp) * 1000) > toleranceMs)
        return refuse("the timestamp is too far from now");
      const secrets = settings.signingSecrets ?? fromContext(context);
      return isPromise(secrets)
        ? secrets.then((found) => prove(request, timestamp, signature, found))
        : prove(request, timestamp, signature, secrets);
    },
  };
}

function prove(request: RawRequest, timestamp: string, signature: string, secrets: readonly Secret[]): Verdict {
  if (secrets.length === 0) return refuse("there is no signing secret: set SLACK_SIGNING_SECRET or the option `signingSecret`");
  let proven = false;
  for (const one of secrets) {
    const expected = `v0=${hmacSha256(one.expose(), `v0:${timestamp}:`, request.body)}`;
    proven = equalInConstantTime(expected, signature) || proven;
  }
  return proven ? { proven: true } : refuse("the signature does not fit the body");
}

function fromContext(context: AdapterContext): readonly Secret[] | Promise<readonly Secret[]> {
  const found = context.secret("SIGNING_SECRET");
  return isPromise(found) ? found.then(listOf) : listOf(found);
}

/** An empty secret would let anybody sign. */
function listOf(found: Secret | undefined): readonly Secret[] {
  return found === undefined || found.expose() === "" ? [] : [found];
}

/**
 * Slack checks certificates with an unsigned form that says `ssl_check=1`. It gets its 200 and nothing else is read: whoever
 * sends a command beside it is not heard.
 */
function isProbe(request: RawRequest): boolean {
  if (request.header("content-type")?.startsWith("application/x-www-form-urlencoded") !== true) return false;
  const size = Math.min(request.body.byteLength, 4_096);
  return /(?:^|&)ssl_check=1(?:&|$)/.test(Buffer.from(request.body.buffer, request.body.byteOffset, size).toString("latin1"));
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}

function refuse(reason: string): Verdict {
  return { proven: false, reason };
}
