import type { Adapter } from "../contract/index.ts";
import { GatewayError } from "../error.ts";
import { ownPlatform } from "../router/index.ts";

/** Refuses what cannot work before anything starts: no adapters, an unknown contract, a bad or doubled platform name. */
export function checkAdapters(adapters: readonly Adapter[] | undefined): ReadonlyMap<string, Adapter> {
  if (!Array.isArray(adapters))
    throw new GatewayError("options.invalid", "A gateway needs a list of adapters: createGateway({ adapters: [slack()] }).");
  const byPlatform = new Map<string, Adapter>();
  for (const [index, adapter] of adapters.entries()) {
    if (typeof adapter !== "object" || adapter === null) {
      const hint = typeof adapter === "function" ? "It is a function: call it, as in adapters: [slack()]" : "Look at its import";
      throw new GatewayError("options.invalid", `Entry ${index} of \`adapters\` is no adapter. ${hint}.`);
    }
    const { platform, contract } = adapter;
    if (contract !== 1) {
      throw new GatewayError(
        "contract.unknown",
        `The adapter ${platform} speaks contract ${String(contract)}; this gateway speaks 1. Install versions of both that belong together.`,
      );
    }
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(platform))
      throw new GatewayError(
        "options.invalid",
        `"${platform}" is no platform name: lower-case letters, digits and hyphens, a letter first.`,
      );
    if (platform === ownPlatform)
      throw new GatewayError(
        "options.invalid",
        `"${ownPlatform}" is the platform of events that the program itself emits. Name this adapter otherwise.`,
      );
    if (byPlatform.has(platform))
      throw new GatewayError("options.invalid", `There are two adapters for ${platform}. One serves all its accounts.`);
    byPlatform.set(platform, adapter);
  }
  return byPlatform;
}
