import type { Adapter, Work } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import { createArchive } from "./archive.ts";
import { createCapabilities, type JiraOperations } from "./capability.ts";
import { createClients, type JiraClient, type JiraServerClient } from "./client/index.ts";
import { createDirectory } from "./directory.ts";
import { createFiles } from "./files.ts";
import { createFormatter } from "./format/index.ts";
import { limits } from "./limits.ts";
import { createNormalizer } from "./normalize/index.ts";
import { deploymentOf, platform, readOptions, type JiraOptions } from "./options.ts";
import { createSender } from "./send/index.ts";
import { createSetup } from "./setup.ts";
import { createWebhook } from "./webhook/index.ts";
import { createWork } from "./work.ts";

/** Jira, with the reading of issues. */
export type JiraAdapter<Client = JiraClient> = Adapter<"jira", Client, JsonObject, JiraOperations> & { readonly work: Work };

/** Connects Jira: Cloud by REST v3 and documents, Data Center by REST v2 and wiki markup; webhooks of both. */
export function jira(options: JiraOptions & { readonly deployment: "dataCenter" }): JiraAdapter<JiraServerClient>;
export function jira(options?: JiraOptions): JiraAdapter;
export function jira(options: JiraOptions = {}): JiraAdapter {
  const settings = readOptions(options);
  const clients = createClients(settings);
  return {
    contract: 1,
    platform,
    transports: { webhook: createWebhook(settings, clients) },
    normalizer: createNormalizer(),
    formatter: createFormatter(settings),
    sender: createSender(clients),
    capabilities: createCapabilities((account) => deploymentOf(settings, account) === "dataCenter"),
    limits,
    identify: (account, context) => clients.identify(account, context),
    client: (account, context) => clients.client(account, context),
    archive: createArchive(clients),
    directory: createDirectory(clients),
    files: createFiles(clients),
    setup: createSetup(settings, clients),
    work: createWork(clients),
  };
}
