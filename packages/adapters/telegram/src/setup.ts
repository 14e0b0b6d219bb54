import { hash } from "node:crypto";
import type { AdapterContext, CommandSpec, Setup } from "@devflow/gateway/contract";
import { GatewayError } from "@devflow/gateway/kit";
import type { Bots } from "./client.ts";
import type { Settings } from "./options.ts";
import { webhookSecrets } from "./verify.ts";
import { defaultUpdates, object, objects, string } from "./wire/index.ts";

/** Path of the webhook below the public base address. */
const path = "/webhooks/telegram";
/** Source: Bot API, setMyCommands and BotCommand. */
const commandLimit = 100;
const commandName = /^[a-z0-9_]{1,32}$/;
const descriptionLimit = 256;

/** Makes the role that tells Telegram about webhook and commands. It asks first and changes only what differs. */
export function setup(settings: Settings, bots: Bots): Setup {
  return {
    async setup({ url, commands }, context) {
      const account = await bots.account(context);
      const call = (method: string, params: object = {}): Promise<unknown> =>
        bots.call(account, { method, params: { ...params } }, context);
      const updates =
        url === undefined || settings.polling === true ? await unhook(call) : await hook(settings, url, account, call, context);
      return [updates, ...(await announce(commands, call))];
    },
  };
}

type Call = (method: string, params?: object) => Promise<unknown>;

async function unhook(call: Call): Promise<string> {
  const current = string(object(await call("getWebhookInfo")).url) ?? "";
  if (current === "") return "Updates come by long polling; no webhook is set.";
  await call("deleteWebhook");
  return "Removed the webhook: updates come by long polling now.";
}

async function hook(settings: Settings, base: string, account: string, call: Call, context: AdapterContext): Promise<string> {
  const [secret] = await webhookSecrets(settings, context);
  if (secret === undefined) {
    throw new GatewayError(
      "secret.missing",
      "telegram: a webhook needs a secret, or anybody could write to it. Set TELEGRAM_WEBHOOK_SECRET to 1 to 256 of A-Z a-z 0-9 _ -.",
      {
        platform: "telegram",
        account,
      },
    );
  }
  const url = base.replace(/\/+$/, "") + path;
  const wanted = settings.allowedUpdates ?? defaultUpdates;
  const info = object(await call("getWebhookInfo"));
  // Telegram does not tell the secret that it has, so a fingerprint of ours says whether it is still the one.
  const key = `webhook/${account}`;
  const print = hash("sha256", `${url} ${secret}`);
  const same =
    info.url === url && sameList(info.allowed_updates, wanted) && (await context.memory.get<string>(key))?.value === print;
  if (same) return `The webhook is ${url} already.`;
  await call("setWebhook", { url, secret_token: secret, allowed_updates: wanted });
  await context.memory.set(key, print);
  return `Set the webhook to ${url}, with ${wanted.length} kinds of update.`;
}

async function announce(commands: readonly CommandSpec[], call: Call): Promise<readonly string[]> {
  if (commands.length === 0) return [];
  const named = commands.map(({ name, description }) => ({
    command: name.toLowerCase(),
    description: description.slice(0, descriptionLimit) || name,
  }));
  const fit = named.filter(({ command }) => commandName.test(command)).slice(0, commandLimit);
  const rest = named
    .filter((one) => !fit.includes(one))
    .map(
      ({ command }) =>
        `Telegram cannot list /${command}: names are up to 32 of a-z 0-9 _, and there are ${commandLimit} at most.`,
    );
  const listed = objects(await call("getMyCommands")).map(
    ({ command, description }) => `${string(command)} ${string(description)}`,
  );
  const wanted = fit.map(({ command, description }) => `${command} ${description}`);
  if (listed.length === wanted.length && wanted.every((one, at) => one === listed[at]))
    return [`The ${fit.length} commands are listed already.`, ...rest];
  await call("setMyCommands", { commands: fit });
  return [`Listed ${fit.length} commands: ${fit.map(({ command }) => `/${command}`).join(" ")}.`, ...rest];
}

function sameList(found: unknown, wanted: readonly string[]): boolean {
  if (!Array.isArray(found) || found.length !== wanted.length) return false;
  const have = new Set<unknown>(found);
  return wanted.every((one) => have.has(one));
}
