import type { Adapter } from "@devflow/gateway/contract";
import type { Client } from "discord.js";
import { archive } from "./archive.ts";
import { capabilities, type DiscordOperations } from "./capability.ts";
import { createClients } from "./client/index.ts";
import { connection } from "./connection/index.ts";
import { directory } from "./directory.ts";
import { files } from "./files.ts";
import { formatter } from "./format/index.ts";
import { limits } from "./limits.ts";
import { normalizer } from "./normalize/index.ts";
import { readOptions, type DiscordOptions } from "./options.ts";
import { sender } from "./send/index.ts";
import { setup } from "./setup.ts";
import { verifier } from "./verify.ts";
import { webhook } from "./webhook.ts";
import type { DiscordDispatch } from "./wire/index.ts";

/** The Discord adapter: parts of one platform, ready for `createGateway`. */
export type DiscordAdapter = Adapter<"discord", Client, DiscordDispatch, DiscordOperations>;

/**
 * Connects a Discord application: the Gateway, interactions over HTTP and webhook events on one side, the HTTP API on the
 * other. Everything it needs is asked for when it is first needed, so a gateway can be made before its secrets are there.
 * Throws `options.invalid` for options that can never work.
 */
export function discord(options: DiscordOptions = {}): DiscordAdapter {
  const settings = readOptions(options);
  const clients = createClients(settings);
  return {
    contract: 1,
    platform: "discord",
    transports: { webhook: webhook(settings, clients, verifier(settings)), connection: connection(settings, clients) },
    normalizer,
    formatter,
    sender: sender(clients),
    capabilities,
    limits,
    identify: clients.identify,
    client: clients.client,
    archive: archive(clients),
    directory: directory(clients),
    files: files(clients),
    setup: setup(settings, clients),
  };
}
