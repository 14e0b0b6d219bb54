import type { Adapter } from "@devflow/gateway/contract";
import type { WhatsAppAPI } from "whatsapp-api-js";
import { capabilities, type WhatsAppOperations } from "./capability.ts";
import { createNumbers } from "./client/index.ts";
import { files } from "./files.ts";
import { formatter } from "./format/index.ts";
import { limits } from "./limits.ts";
import { createNormalizer } from "./normalize/index.ts";
import { platform, readOptions, type WhatsAppOptions } from "./options.ts";
import { sender } from "./send.ts";
import { setup } from "./setup.ts";
import { verifier } from "./verify.ts";
import { webhook } from "./webhook.ts";
import type { WhatsAppChange } from "./wire/index.ts";

/** The WhatsApp adapter: parts of one platform, ready for `createGateway`. */
export type WhatsAppAdapter = Adapter<"whatsapp", WhatsAppAPI, WhatsAppChange, WhatsAppOperations>;

/**
 * Connects phone numbers of the WhatsApp Cloud API, any number of them, by webhook. Everything it needs is asked for when it
 * is first needed, so a gateway can be made before its secrets are there. Throws `options.invalid` for options that can never
 * work.
 */
export function whatsapp(options: WhatsAppOptions = {}): WhatsAppAdapter {
  const settings = readOptions(options);
  const numbers = createNumbers(settings);
  return {
    contract: 1,
    platform,
    transports: { webhook: webhook(verifier(settings)) },
    normalizer: createNormalizer(settings.template),
    formatter,
    sender: sender(numbers),
    capabilities,
    limits: (kind, to) => limits(settings.throughput, kind, to),
    identify: numbers.identify,
    client: numbers.client,
    files: files(numbers),
    setup: setup(settings, numbers),
  };
}
