import type { Adapter } from "../contract/index.ts";
import { GatewayError } from "../error.ts";

/** Refuses what cannot work before anything starts: an unknown contract, a bad or doubled platform name. */
export function checkAdapters(adapters: readonly Adapter[]): ReadonlyMap<string, Adapter> {
  const byPlatform = new Map<string, Adapter>();
  for (const adapter of adapters) {
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
    if (byPlatform.has(platform))
      throw new GatewayError("options.invalid", `There are two adapters for ${platform}. One serves all its accounts.`);
    byPlatform.set(platform, adapter);
  }
  return byPlatform;
}
