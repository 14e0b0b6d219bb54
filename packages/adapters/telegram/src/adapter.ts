import type { Adapter } from "@devflow/gateway/contract";
import type { Api } from "node-telegram-bot-api";
import { capabilities, type TelegramOperations } from "./capability.ts";
import { bots } from "./client.ts";
import { connection } from "./connection.ts";
import { directory } from "./directory.ts";
import { files } from "./files.ts";
import { formatter } from "./format/index.ts";
import { limits } from "./limits.ts";
import { normalizer } from "./normalize/index.ts";
import { readOptions, type TelegramOptions } from "./options.ts";
import { sender } from "./send.ts";
import { setup } from "./setup.ts";
import { verifier } from "./verify.ts";
import { receive, webhook } from "./webhook.ts";
import type { TelegramUpdate } from "./wire/index.ts";

/** The Telegram adapter: parts of one platform, ready for `createGateway`. */
export type TelegramAdapter = Adapter<"telegram", Api, TelegramUpdate, TelegramOperations>;

/**
 * Connects a Telegram bot, by webhook or by long polling. Everything it needs is asked for when it is first needed, so a
 * gateway can be made before its secrets are there. Throws `options.invalid` for options that can never work.
 */
export function telegram(options: TelegramOptions = {}): TelegramAdapter {
  const settings = readOptions(options);
  const crew = bots(settings);
  return {
    contract: 1,
    platform: "telegram",
    transports: { webhook: webhook(crew, verifier(settings)), connection: connection(settings, crew, receive) },
    normalizer,
    formatter,
    sender: sender(crew),
    capabilities,
    limits,
    identify: crew.identify,
    client: crew.client,
    directory: directory(crew),
    files: files(crew),
    setup: setup(settings, crew),
  };
}
