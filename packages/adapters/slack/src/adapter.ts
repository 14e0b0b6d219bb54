import type { Adapter } from "@devflow/gateway/contract";
import type { WebClient } from "@slack/web-api";
import { createArchive } from "./archive.ts";
import { capabilities, type SlackOperations } from "./capability.ts";
import { createClients } from "./client/index.ts";
import { createConnection } from "./connection/index.ts";
import { createDirectory } from "./directory.ts";
import { createFiles } from "./files.ts";
import { createFormatter } from "./format/index.ts";
import { limits } from "./limits.ts";
import { createNormalizer } from "./normalize/index.ts";
import { readOptions, type SlackOptions } from "./options.ts";
import { createSender } from "./send/index.ts";
import { createWebhook } from "./webhook.ts";
import type { SlackEnvelope } from "./wire/index.ts";

/** Connects a Slack app: the Events API, interactivity, slash commands and Socket Mode on one side, the Web API on the other. */
export function slack(options: SlackOptions = {}): Adapter<"slack", WebClient, SlackEnvelope, SlackOperations> {
  const settings = readOptions(options);
  const clients = createClients(settings);
  return {
    contract: 1,
    platform: "slack",
    transports: { webhook: createWebhook(settings), connection: createConnection(settings, clients) },
    normalizer: createNormalizer(settings),
    formatter: createFormatter(),
    sender: createSender(settings, clients),
    capabilities,
    limits,
    identify: (account, context) => clients.identify(account, context),
    client: (account, context) => clients.client(account, context),
    archive: createArchive(clients),
    directory: createDirectory(clients),
    files: createFiles(clients),
  };
}
