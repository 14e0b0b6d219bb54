import type { AdapterContext, RawRequest, Secret, Verdict, Verifier } from "@devflow/gateway/contract";
import { equalInConstantTime, hmacSha256 } from "@devflow/gateway/kit";
import type { Settings } from "./options.ts";

/**
 * Proves GitHub's requests: HMAC-SHA256 over the body as it came, JSON or form, under any of the secrets. No time is signed, so a
 * replay is caught by its delivery's id.
 */
export function createVerifier(settings: Pick<Settings, "webhookSecrets">): Verifier {
  return {
    verify(request, context) {
      const signature = request.header("x-hub-signature-256");
      if (signature === undefined)
        return refuse("there is no signature X-Hub-Signature-256: set a secret in the settings of the webhook");
      const secrets = settings.webhookSecrets ?? fromContext(context);
      return secrets instanceof Promise
        ? secrets.then((found) => prove(request, signature, found))
        : prove(request, signature, secrets);
    },
  };
}

function prove({ body }: RawRequest, signature: string, secrets: readonly Secret[]): Verdict {
  if (secrets.length === 0) return refuse("there is no webhook secret: set GITHUB_WEBHOOK_SECRET or the option `webhookSecret`");
  let proven = false;
  for (const one of secrets) proven = equalInConstantTime(`sha256=${hmacSha256(one.expose(), body)}`, signature) || proven;
  return proven ? { proven: true } : refuse("the signature does not fit the body");
}

function fromContext(context: AdapterContext): readonly Secret[] | Promise<readonly Secret[]> {
  const found = context.secret("WEBHOOK_SECRET");
  return found instanceof Promise ? found.then(listOf) : listOf(found);
}

/** An empty secret would let anybody sign. */
function listOf(found: Secret | undefined): readonly Secret[] {
  return found === undefined || found.expose() === "" ? [] : [found];
}

function refuse(reason: string): Verdict {
  return { proven: false, reason };
}
