import { hash } from "node:crypto";
import type { AdapterContext, CommandSpec, Setup } from "@devflow/gateway/contract";
import type { JsonObject } from "@devflow/gateway/kit";
import type { Numbers } from "./client/index.ts";
import type { Settings } from "./options.ts";
import { verifyTokenOf } from "./verify.ts";
import { id, objects, text } from "./wire/index.ts";

/** Path of the webhook below the public base address. */
const path = "/webhooks/whatsapp";
/** Source: Graph API, conversational_automation. */
const commandLimit = 30;
const commandName = /^[a-z0-9_-]{1,32}$/;
const descriptionLimit = 256;

/** Makes the role that subscribes a business account to the webhook and lists commands at its numbers. It changes only what differs. */
export function setup(settings: Settings, numbers: Numbers): Setup {
  return {
    async setup({ url, commands }, context) {
      const business = settings.businessAccount ?? context.setting("BUSINESS_ACCOUNT_ID");
      if (business === undefined) {
        return ["Set WHATSAPP_BUSINESS_ACCOUNT_ID to let setup subscribe to webhooks; or do it in the app's dashboard."];
      }
      const subscribed = await subscribe(settings, numbers, business, url, context);
      return commands.length === 0 ? [subscribed] : [subscribed, ...(await announce(numbers, business, commands, context))];
    },
  };
}

async function subscribe(
  settings: Settings,
  numbers: Numbers,
  business: string,
  base: string | undefined,
  context: AdapterContext,
): Promise<string> {
  const ask = { path: `${business}/subscribed_apps`, what: "the subscription" };
  const apps = objects((await numbers.call(business, ask, context)).data);
  if (base === undefined) {
    if (apps.length > 0) return `An app is subscribed to business account ${business} already.`;
    await numbers.call(business, { ...ask, json: {} }, context);
    return `Subscribed the app to business account ${business}; its webhook is the one in the app's dashboard.`;
  }
  const token = await verifyTokenOf(settings, context);
  if (token === undefined) return "Set WHATSAPP_VERIFY_TOKEN to a text of your own: Meta asks for it before it delivers.";
  const url = base.replace(/\/+$/, "") + path;
  // Meta does not tell the token that it has, so a fingerprint of ours says whether it is still the one.
  const print = hash("sha256", `${url} ${token}`);
  const key = `webhook/${business}`;
  const there = apps.some((app) => text(app.override_callback_uri) === url);
  if (there && (await context.memory.get<string>(key))?.value === print) return `The webhook is ${url} already.`;
  await numbers.call(business, { ...ask, json: { override_callback_uri: url, verify_token: token } }, context);
  await context.memory.set(key, print);
  return `Set the webhook of business account ${business} to ${url}.`;
}

async function announce(
  numbers: Numbers,
  business: string,
  commands: readonly CommandSpec[],
  context: AdapterContext,
): Promise<readonly string[]> {
  const named = commands.map(({ name, description }) => ({
    command_name: name.toLowerCase(),
    command_description: description.slice(0, descriptionLimit) || name,
  }));
  const listed = named.filter(({ command_name }) => commandName.test(command_name)).slice(0, commandLimit);
  const rest = named
    .filter((one) => !listed.includes(one))
    .map(
      (one) =>
        `WhatsApp cannot list /${one.command_name}: names are up to 32 of a-z 0-9 _ -, and there are ${commandLimit} at most.`,
    );
  const found = await numbers.call(business, { path: `${business}/phone_numbers`, what: "the phone numbers" }, context);
  const lines: string[] = [];
  for (const account of objects(found.data).map((one: JsonObject) => id(one.id))) {
    if (account === undefined) continue;
    const key = `commands/${account}`;
    const print = hash("sha256", JSON.stringify(listed));
    if ((await context.memory.get<string>(key))?.value === print) {
      lines.push(`The ${listed.length} commands of number ${account} are listed already.`);
      continue;
    }
    const request = { path: `${account}/conversational_automation`, what: "the list of commands", json: { commands: listed } };
    await numbers.call(account, request, context);
    await context.memory.set(key, print);
    lines.push(`Listed ${listed.length} commands at number ${account}.`);
  }
  return [...lines, ...rest];
}
