import type { Adapter, Work } from "@devflow/gateway/contract";
import type { Octokit } from "@octokit/core";
import { createArchive } from "./archive.ts";
import { capabilities, type GithubOperations } from "./capability.ts";
import { createClients } from "./client/index.ts";
import { createConnection } from "./connection.ts";
import { createDirectory } from "./directory.ts";
import { createFormatter } from "./format/index.ts";
import { limits } from "./limits.ts";
import { createNormalizer } from "./normalize/index.ts";
import { readOptions, type GithubOptions } from "./options.ts";
import { createSender } from "./send/index.ts";
import { createSetup } from "./setup.ts";
import { createWebhook } from "./webhook.ts";
import type { GithubPayload } from "./wire/index.ts";
import { createWork } from "./work.ts";

/** GitHub, with the reading of issues, pull requests and runs. */
export type GithubAdapter = Adapter<"github", Octokit, GithubPayload, GithubOperations> & { readonly work: Required<Work> };

/** Connects a GitHub App or a token, on github.com, GHE.com or Enterprise Server: webhooks on one side, the REST API on the other. */
export function github(options: GithubOptions = {}): GithubAdapter {
  const settings = readOptions(options);
  const clients = createClients(settings);
  return {
    contract: 1,
    platform: "github",
    transports: { webhook: createWebhook(settings), connection: createConnection(settings, clients) },
    normalizer: createNormalizer(),
    formatter: createFormatter(),
    sender: createSender(settings, clients),
    capabilities,
    limits,
    identify: (account, context) => clients.identify(account, context),
    client: (account, context) => clients.client(account, context),
    archive: createArchive(clients),
    directory: createDirectory(clients),
    setup: createSetup(settings, clients),
    work: createWork(clients),
  };
}
