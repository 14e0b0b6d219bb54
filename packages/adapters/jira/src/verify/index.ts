import type { AdapterContext, RawRequest, Secret, Verdict, Verifier } from "@devflow/gateway/contract";
import { addressesOf, type AccountSettings, type Settings } from "../options.ts";
import { record, text } from "../wire/index.ts";
import { basicProves, queryProves, signatureProves } from "./plain.ts";
import { tokenProves } from "./token.ts";

/** How a request says that it comes from Jira; undefined when it holds. */
type Proof = (request: RawRequest, secret: string) => string | undefined;

/**
 * Proves Jira's requests, each by the strongest proof that it carries: `X-Hub-Signature` (webhooks of administrators, and Data
 * Center 10), a JWT (OAuth apps, Connect), basic authentication, or for older servers `?secret=` in the address. A weaker proof is
 * not looked at beside a stronger one.
 */
export function createVerifier(settings: Settings): Verifier {
  return {
    async verify(request, context) {
      const proof = proofOf(request);
      if (proof === undefined) return refuse("there is neither a signature nor a token");
      const matches: (readonly [string, AccountSettings])[] = [];
      let reason = "there is no secret: set JIRA_WEBHOOK_SECRET or the option `webhookSecret`";
      for (const [account, one] of settings.accounts) {
        for (const secret of await secretsOf(one, account, context)) {
          const wrong = proof(request, secret.expose());
          if (wrong === undefined) matches.push([account, one]);
          else reason = wrong;
        }
      }
      const [first] = matches;
      if (first === undefined) return refuse(reason);
      if (matches.every(([account]) => account === first[0])) return { proven: true, account: first[0] };
      const account = siteOf(request, matches, context);
      return account === undefined ? refuse("the site is none of those that share this secret") : { proven: true, account };
    },
  };
}

function proofOf(request: RawRequest): Proof | undefined {
  if (request.header("x-hub-signature") !== undefined) return signatureProves;
  const scheme = /^(\w+) /.exec(request.header("authorization") ?? "")?.[1]?.toLowerCase();
  if (scheme === "bearer" || scheme === "jwt") return tokenProves;
  if (scheme === "basic") return basicProves;
  if (scheme !== undefined) return undefined;
  const query = new URLSearchParams(request.url.split("?", 2)[1] ?? "");
  if (query.has("jwt")) return tokenProves;
  return query.has("secret") ? queryProves : undefined;
}

async function secretsOf(settings: AccountSettings, account: string, context: AdapterContext): Promise<readonly Secret[]> {
  if (settings.webhookSecrets !== undefined) return settings.webhookSecrets;
  const found = await context.secret("WEBHOOK_SECRET", account);
  // An empty secret would let anybody sign.
  return found === undefined || found.expose() === "" ? [] : [found];
}

/** Sites that one OAuth app serves share its secret: the proven body says which of them it is. */
function siteOf(
  request: RawRequest,
  matches: readonly (readonly [string, AccountSettings])[],
  context: AdapterContext,
): string | undefined {
  const self = selfOf(request.body);
  return matches.find(([, one]) => {
    const { base, site } = addressesOf(one, context);
    return self !== undefined && [base, site].some((address) => address !== undefined && self.startsWith(`${address}/`));
  })?.[0];
}

function selfOf(body: Uint8Array): string | undefined {
  try {
    const payload = record(JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()));
    return ["issue", "comment", "user", "project", "version", "sprint", "worklog"]
      .map((name) => text(record(payload[name])["self"]))
      .find((self) => self !== undefined);
  } catch {
    return undefined;
  }
}

function refuse(reason: string): Verdict {
  return { proven: false, reason };
}
