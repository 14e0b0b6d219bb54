import type { Adapter, User } from "@devflow/gateway/contract";
import { capabilities, type HttpOperations } from "./capability.ts";
import { createClient, endpointOf, type HttpClient } from "./client.ts";
import { formatter } from "./format.ts";
import { limits } from "./limits.ts";
import { normalizer } from "./normalize.ts";
import { readOptions, usualPerSecond, type HttpOptions } from "./options.ts";
import { sender } from "./send.ts";
import { verifier } from "./verify.ts";
import { webhook } from "./webhook.ts";

/** The HTTP adapter: parts of one source and its endpoints, ready for `createGateway`. */
export type HttpAdapter<P extends string = "http"> = Adapter<P, HttpClient, unknown, HttpOperations>;

/**
 * Takes what any service posts as JSON, and posts events and messages to endpoints of your choice. For several sources make
 * several, each with a `platform` of its own. Throws `options.invalid` for options that can never work.
 */
export function http(options?: HttpOptions<"http">): HttpAdapter;
export function http<const P extends string>(options: HttpOptions<P>): HttpAdapter<P>;
export function http(options: HttpOptions = {}): HttpAdapter<string> {
  const settings = readOptions(options);
  const { platform } = settings;
  const self: User = { id: platform, kind: "bot", self: true };
  return {
    contract: 1,
    platform,
    transports: { webhook: webhook(settings, verifier(settings)) },
    normalizer: normalizer(platform),
    formatter: formatter(platform, (account) => void endpointOf(settings, account)),
    sender: sender(settings),
    capabilities: () => capabilities,
    limits: limits((account) => settings.endpoints.get(account)?.perSecond ?? usualPerSecond),
    identify: () => Promise.resolve({ user: self, title: platform }),
    client: async (account, context) => createClient(settings, account, context),
  };
}
