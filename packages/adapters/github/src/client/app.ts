import type { AdapterContext, Secret } from "@devflow/gateway/contract";
import { GatewayError, secret } from "@devflow/gateway/kit";
import { platform, type Settings } from "../options.ts";
import { record, text, timeOf } from "../wire/index.ts";

/** What an App signs its requests with. */
export interface AppKey {
  readonly appId: string;
  readonly privateKey: Secret;
}

/** Asks for a token of an installation, with a signed token of the App. */
export type Mint = (installation: string, jwt: string) => Promise<unknown>;

/** Tokens of a GitHub App. */
export interface AppTokens {
  /** A token that the App signs itself, good for its own routes for some minutes. */
  jwt(key: AppKey): Promise<string>;
  /** The token of an installation, kept until it is about to end; several who ask at once share one request. */
  installation(
    key: AppKey,
    installation: string,
    host: string,
    context: Pick<AdapterContext, "clock">,
    mint: Mint,
  ): Promise<string>;
  /** Forgets a token of an installation, so that the next call asks for a new one. Another than that is a new one already. */
  forget(key: AppKey, installation: string, host: string, token: string): void;
}

/** A token is not used in its last minutes: a request may wait, and clocks differ. */
const marginMs = 300_000;

/** From so many tokens on, those that have ended make room for each new one. */
const sweepAt = 1_000;

/**
 * Makes {@link AppTokens}. The SDK signs; tokens of installations are kept here, since the SDK's own store confuses the same
 * installation number of two Apps or hosts, and its way of fetching repeats by itself.
 */
export function createAppTokens(): AppTokens {
  const tokens = new Map<string, { readonly token: string; readonly until: number }>();
  const flights = new Map<string, Promise<string>>();
  const keyOf = (key: AppKey, installation: string, host: string): string => `${host} ${key.appId} ${installation}`;

  const jwt: AppTokens["jwt"] = async ({ appId, privateKey }) => {
    const { createAppAuth } = await import("@octokit/auth-app");
    try {
      const auth = createAppAuth({ appId, privateKey: privateKey.expose().replaceAll("\\n", "\n") });
      const { token } = await auth({ type: "app" });
      return secret(token).expose();
    } catch {
      // What the library says of a broken key may hold parts of it.
      const message = `github: the private key of App ${appId} cannot be used to sign. Give the whole PEM file that GitHub made.`;
      throw new GatewayError("auth.failed", message, { platform });
    }
  };

  const fetchToken = async (
    key: AppKey,
    installation: string,
    slot: string,
    context: Pick<AdapterContext, "clock">,
    mint: Mint,
  ): Promise<string> => {
    const answer = record(await mint(installation, await jwt(key)));
    const token = text(answer["token"]);
    if (token === undefined) {
      const message = `github: GitHub gave no token for installation ${installation} of App ${key.appId}.`;
      throw new GatewayError("auth.failed", message, { platform, account: installation });
    }
    const until = (timeOf(answer["expires_at"]) ?? context.clock.now() + 3_600_000) - marginMs;
    secret(token);
    if (tokens.size >= sweepAt) for (const [old, kept] of tokens) if (kept.until <= context.clock.now()) tokens.delete(old);
    tokens.set(slot, { token, until });
    return token;
  };

  return {
    jwt,
    installation(key, installation, host, context, mint) {
      const slot = keyOf(key, installation, host);
      const kept = tokens.get(slot);
      if (kept && kept.until > context.clock.now()) return Promise.resolve(kept.token);
      const flight = flights.get(slot);
      if (flight) return flight;
      const fresh = fetchToken(key, installation, slot, context, mint).finally(() => flights.delete(slot));
      flights.set(slot, fresh);
      return fresh;
    },
    forget(key, installation, host, token) {
      const slot = keyOf(key, installation, host);
      if (tokens.get(slot)?.token === token) tokens.delete(slot);
    },
  };
}

/** The App that settings or the environment name; undefined when there is none. Throws `secret.missing` for one without its key. */
export async function appKeyOf(
  settings: Pick<Settings, "appId" | "privateKey">,
  context: Pick<AdapterContext, "setting" | "secret">,
): Promise<AppKey | undefined> {
  const appId = settings.appId ?? context.setting("APP_ID");
  if (appId === undefined || appId === "") return undefined;
  const privateKey = settings.privateKey ?? (await context.secret("PRIVATE_KEY"));
  if (privateKey !== undefined) return { appId, privateKey };
  const message = `github: App ${appId} has no private key. Set GITHUB_PRIVATE_KEY or the option \`privateKey\`.`;
  throw new GatewayError("secret.missing", message, { platform });
}
