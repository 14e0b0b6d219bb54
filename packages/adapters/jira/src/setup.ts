import { hash } from "node:crypto";
import type { AdapterContext, Setup } from "@devflow/gateway/contract";
import { GatewayError, isGatewayError } from "@devflow/gateway/kit";
import { pageOf, type Clients } from "./client/index.ts";
import { platform, type AccountSettings, type Settings } from "./options.ts";
import { pathOf, record, text, texts, timeMs } from "./wire/index.ts";

/** Path of the webhook below the public base address. */
const hookPath = "/webhooks/jira";
const hookName = "DevFlow Gateway";

/** What an administrator's webhook is told of. */
const adminEvents: readonly string[] = (
  "jira:issue_created jira:issue_updated jira:issue_deleted comment_created comment_updated comment_deleted worklog_created " +
  "worklog_updated worklog_deleted attachment_created attachment_deleted issuelink_created issuelink_deleted sprint_created " +
  "sprint_updated sprint_started sprint_closed sprint_deleted jira:version_created jira:version_updated jira:version_released " +
  "jira:version_unreleased jira:version_deleted"
).split(" ");

/** What an OAuth app may be told of, among them. */
const appEvents = adminEvents.slice(0, 6);

/** Webhooks of apps end after thirty days; those that end within this time are prolonged. */
const soonMs = 15 * 86_400_000;

/**
 * Registers the webhook of each account where its credential may: as administrator on Cloud, or as an OAuth app, whose webhooks
 * live for thirty days and are prolonged when setup runs again. Where it may not, it says what to do by hand.
 */
export function createSetup(settings: Settings, clients: Clients): Setup {
  return {
    async setup({ url, commands }, context) {
      const lines: string[] = commands.length === 0 ? [] : ["Jira has no commands to list."];
      for (const [account, one] of settings.accounts) {
        const whose = settings.accounts.size === 1 ? "" : `${account}: `;
        const done =
          url === undefined
            ? ["A webhook needs a public address."]
            : await hook(account, one, url.replace(/\/+$/, "") + hookPath);
        lines.push(...done.map((line) => whose + line));
      }
      return lines;

      async function hook(account: string, one: AccountSettings, address: string): Promise<readonly string[]> {
        if (one.deployment === "dataCenter") return byHand(address, "Data Center");
        try {
          const app =
            one.accessToken !== undefined ||
            (one.token === undefined && (await context.secret("ACCESS_TOKEN", account)) !== undefined);
          return app
            ? await hookApp(account, address, settings.webhookJql, clients, context)
            : await hookAdmin(account, one, address, clients, context);
        } catch (error) {
          if (isGatewayError(error) && ["operation.rejected", "target.gone"].includes(error.code))
            return byHand(address, "Cloud");
          throw error;
        }
      }
    },
  };
}

function byHand(address: string, where: string): readonly string[] {
  return [
    `On ${where} an administrator makes the webhook: Settings, System, WebHooks, Create. URL ${address}, and a secret.`,
    "The same secret goes into JIRA_WEBHOOK_SECRET. Before Data Center 10 there is none: append ?secret=<it> to the URL instead.",
    "Events: issue and comment, each created, updated and deleted; and what else you want to hear of.",
  ];
}

async function hookAdmin(
  account: string,
  settings: AccountSettings,
  url: string,
  clients: Clients,
  context: AdapterContext,
): Promise<readonly string[]> {
  const [secret] = settings.webhookSecrets ?? [await context.secret("WEBHOOK_SECRET", account)];
  if (secret === undefined || secret.expose() === "") {
    const what = "a webhook needs a secret, or anybody could write to it. Set JIRA_WEBHOOK_SECRET";
    throw new GatewayError("secret.missing", `jira: account ${account}: ${what}.`, { platform, account });
  }
  const base = "/rest/webhooks/1.0/webhook";
  const listed = pageOf(await clients.call(account, { method: "GET", path: base }, context), ["values"], account);
  const known = listed.map(record).find((one) => one["url"] === url);
  // Jira does not tell the secret that it has, so a fingerprint of ours says whether it is still the one.
  const memory = `webhook/${account}`;
  const print = hash("sha256", `${url} ${secret.expose()}`, "hex");
  const same =
    adminEvents.every((name) => texts(known?.["events"]).includes(name)) && (await context.memory.get(memory))?.value === print;
  if (same) return [`The webhook is ${url} already.`];
  const body = { name: hookName, url, events: adminEvents, filters: {}, excludeBody: false, secret: secret.expose() };
  const id = /\/(\d+)$/.exec(text(known?.["self"]) ?? "")?.[1];
  const path = id === undefined ? base : pathOf`/rest/webhooks/1.0/webhook/${id}`;
  await clients.call(account, { method: id === undefined ? "POST" : "PUT", path, body }, context);
  await context.memory.set(memory, print);
  return [`Set the webhook to ${url}, with ${adminEvents.length} kinds of event.`];
}

async function hookApp(
  account: string,
  url: string,
  jqlFilter: string | undefined,
  clients: Clients,
  context: AdapterContext,
): Promise<readonly string[]> {
  if (jqlFilter === undefined) return ["The webhook of an OAuth app needs the option `webhookJql`, such as `project = APP`."];
  const answer = await clients.call(account, { method: "GET", path: "/webhook", query: { maxResults: 100 } }, context);
  const mine = pageOf(answer, ["values"], account)
    .map(record)
    .filter((one) => one["jqlFilter"] === jqlFilter && (one["url"] === undefined || one["url"] === url));
  if (mine.length === 0) {
    const body = { url, webhooks: [{ events: appEvents, jqlFilter }] };
    const made = await clients.call(account, { method: "POST", path: "/webhook", body }, context);
    const [result] = pageOf(made, ["webhookRegistrationResult"], account).map(record);
    const errors = texts(result?.["errors"]);
    if (errors.length > 0) return [`Jira refuses the webhook: ${errors.join("; ").slice(0, 300)}`];
    return [`Registered the webhook ${url} for thirty days. Run setup again before they end.`];
  }
  const soon = mine.filter((one) => (timeMs(one["expirationDate"]) ?? 0) < context.clock.now() + soonMs);
  if (soon.length === 0) return [`The webhook is ${url} already.`];
  const webhookIds = soon.map((one) => Number(one["id"])).filter((id) => Number.isSafeInteger(id));
  await clients.call(account, { method: "PUT", path: "/webhook/refresh", body: { webhookIds } }, context);
  return [`Prolonged the webhook ${url} by thirty days. Run setup again before they end.`];
}
