import type { Adapter, Work } from "@devflow/gateway/contract";
import type { Gitlab } from "@gitbeaker/core";
import { createArchive } from "./archive.ts";
import { capabilities, type GitlabOperations } from "./capability.ts";
import { createClients } from "./client/index.ts";
import { createConnection } from "./connection.ts";
import { createDirectory } from "./directory.ts";
import { createFiles } from "./files.ts";
import { createFormatter } from "./format/index.ts";
import { limits } from "./limits.ts";
import { createNormalizer } from "./normalize/index.ts";
import { readOptions, type GitlabOptions } from "./options.ts";
import { createSender } from "./send/index.ts";
import { createSetup } from "./setup.ts";
import { createWebhook } from "./webhook.ts";
import { createWork } from "./work.ts";
import type { GitlabPayload } from "./wire/index.ts";

/** GitLab, with the reading of issues, merge requests and pipelines. */
export type GitlabAdapter = Adapter<"gitlab", Gitlab, GitlabPayload, GitlabOperations> & { readonly work: Required<Work> };

/** Connects GitLab, gitlab.com or instances of your own: hooks on one side, the REST API on the other. */
export function gitlab(options: GitlabOptions = {}): GitlabAdapter {
  const settings = readOptions(options);
  const clients = createClients(settings);
  return {
    contract: 1,
    platform: "gitlab",
    transports: { webhook: createWebhook(settings), connection: createConnection(settings, clients) },
    normalizer: createNormalizer(),
    formatter: createFormatter(),
    sender: createSender(settings, clients),
    capabilities,
    limits,
    identify: (account, context) => clients.identify(account, context),
    client: (account, context) => clients.client(account, context),
    archive: createArchive(settings, clients),
    directory: createDirectory(clients),
    files: createFiles(clients),
    setup: createSetup(settings, clients),
    work: createWork(settings, clients),
  };
}
