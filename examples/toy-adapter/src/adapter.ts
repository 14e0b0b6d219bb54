import type { Adapter, Identity } from "@devflow/gateway/contract";
import { toyCapabilities } from "./capability.ts";
import { toyClient, type ToyClient } from "./client.ts";
import { files } from "./files.ts";
import { formatter } from "./format.ts";
import { limits } from "./limits.ts";
import { normalizer } from "./normalize.ts";
import type { ToyOptions } from "./options.ts";
import { sender } from "./send.ts";
import { webhook } from "./webhook.ts";
import type { ToyPayload } from "./wire.ts";

/** The adapter for Toy. */
export function toy(options: ToyOptions = {}): Adapter<"toy", ToyClient, ToyPayload> {
  return {
    contract: 1,
    platform: "toy",
    transports: { webhook: webhook(options) },
    normalizer,
    formatter,
    sender: sender(options),
    files: files(options),
    capabilities: () => toyCapabilities,
    limits,
    async identify(account, context) {
      const client = await toyClient(options, account, context);
      const me = (await (await client.call("GET", "/me")).json()) as { id: string; name: string; team: string };
      return { user: { id: me.id, kind: "bot", self: true, name: me.name, handle: me.name }, title: me.team } satisfies Identity;
    },
    client: (account, context) => toyClient(options, account, context),
  };
}
