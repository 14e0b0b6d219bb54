import type { Adapter, User } from "@devflow/gateway/contract";
import { createArchive } from "./archive.ts";
import { capabilities, type WebOperations } from "./capability.ts";
import { createBackstage, createClient, type WebClient } from "./client/index.ts";
import { formatter } from "./format.ts";
import { limits } from "./limits.ts";
import { normalizer } from "./normalize.ts";
import { resolveOptions, type WebOptions } from "./options.ts";
import { createSender } from "./send.ts";
import { createSite } from "./site/index.ts";
import { createSessions } from "./verify.ts";
import type { WebInput } from "./wire.ts";

/** The web page as an adapter. */
export type WebAdapter = Adapter<"web", WebClient, WebInput, WebOperations>;

/** A chat page of our own, at `/chat` unless told otherwise: a platform like the others, without an account anywhere. */
export function web(options: WebOptions = {}): WebAdapter {
  const settings = resolveOptions(options);
  const backstage = createBackstage(settings);
  const self: User = { id: "gateway", kind: "bot", self: true, name: settings.title };
  return {
    contract: 1,
    platform: "web",
    transports: {},
    normalizer,
    formatter,
    sender: createSender(backstage),
    capabilities: () => capabilities,
    limits,
    identify: () => Promise.resolve({ user: self, title: settings.title }),
    client: (_account, context) => Promise.resolve(createClient(backstage, context)),
    archive: createArchive(backstage, self),
    site: createSite(settings, backstage, createSessions(settings)),
  };
}
