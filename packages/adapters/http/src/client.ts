import type { AdapterContext, Secret } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import { unreachable } from "./errors.ts";
import { keyOf, type Endpoint, type Settings } from "./options.ts";
import { mediaType, signatureOf, webhookId } from "./wire.ts";

/** A request to an endpoint. */
export interface HttpPost {
  readonly body: string;
  /** What makes a repetition known to the endpoint: the same key, the same `webhook-id`. */
  readonly key: string;
  /** `application/json` unless set. */
  readonly contentType?: string;
}

/** An endpoint, for programs: `gateway.adapter("http").client(name)`. */
export interface HttpClient {
  /** Posts once, signed, past the outbox. Resolves to whatever is answered; rejects with `network.failed`. */
  post(post: HttpPost): Promise<Response>;
}

/** The endpoint of that name. Throws `options.invalid` when there is none. */
export function endpointOf({ endpoints, platform }: Settings, account: string): Endpoint {
  const found = endpoints.get(account);
  if (found) return found;
  const names = [...endpoints.keys()].join(", ") || "none";
  const message = `${platform}: there is no endpoint "${account}", there is ${names}. Name it in http({ endpoints }).`;
  throw new GatewayError("options.invalid", message, { platform, account });
}

/** The {@link HttpClient} of one endpoint. Throws `options.invalid` when there is none of that name. */
export function createClient(settings: Settings, account: string, context: AdapterContext): HttpClient {
  const { platform } = settings;
  const endpoint = endpointOf(settings, account);
  return {
    async post({ body, key, contentType = mediaType.json }) {
      const keys = await keysOf(endpoint, platform, account, context);
      const id = webhookId(key);
      const seconds = String(Math.floor(context.clock.now() / 1000));
      const headers = {
        ...Object.fromEntries(endpoint.headers.map(([name, value]) => [name, value.expose()])),
        "content-type": contentType,
        "user-agent": "DevFlow-Gateway",
        "webhook-id": id,
        "webhook-timestamp": seconds,
        "webhook-signature": keys.map((one) => signatureOf(one, id, seconds, body)).join(" "),
      };
      try {
        // A redirect would lead to an address that nobody has configured.
        const init = { method: "POST", headers, body, redirect: "manual", signal: context.signal } as const;
        return await context.fetch(endpoint.url, init);
      } catch (thrown) {
        throw unreachable(thrown, { platform, account });
      }
    },
  };
}

/** Keys to sign with. What has none is not sent: an endpoint that takes unsigned requests takes anybody's. */
async function keysOf(
  { secrets }: Endpoint,
  platform: string,
  account: string,
  context: AdapterContext,
): Promise<readonly Uint8Array[]> {
  const found: Secret | undefined = secrets ? undefined : await context.secret("ENDPOINT_SECRET", account);
  const texts = secrets?.map((one) => one.expose()) ?? found?.expose().split(",") ?? [];
  const keys = texts.flatMap((one) => keyOf(one.trim()) ?? []);
  if (keys.length > 0) return keys;
  const variable = `${platform.toUpperCase().replaceAll("-", "_")}_ENDPOINT_SECRET`;
  const message = `${platform}: there is no usable secret to sign with for the endpoint ${account}. Set its \`secret\` or ${variable}: whsec_ and 24 to 64 bytes in base64.`;
  throw new GatewayError("secret.missing", message, { platform, account });
}
