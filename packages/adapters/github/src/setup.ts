import { hash } from "node:crypto";
import type { AdapterContext, Setup } from "@devflow/gateway/contract";
import { GatewayError, type JsonObject } from "@devflow/gateway/kit";
import { fields, type Args, type Clients } from "./client/index.ts";
import { webhookEvents } from "./normalize/index.ts";
import { hookPath, platform, type Settings } from "./options.ts";
import { idOf, record, records, text } from "./wire/index.ts";

/** What an App needs for everything that this adapter does. */
const permissions: Readonly<Record<string, string>> = {
  actions: "write",
  checks: "write",
  contents: "write",
  deployments: "read",
  issues: "write",
  pull_requests: "write",
};

/** Makes the role that sets webhooks. It asks first and changes only what differs. */
export function createSetup(settings: Settings, clients: Clients): Setup {
  return {
    async setup({ url: base, commands }, context) {
      const lines = commands.length === 0 ? [] : ["GitHub lists no commands: people write them into comments."];
      const isApp = (await clients.app(context)) !== undefined;
      if (base === undefined) return [...lines, "No webhook was set: give setup the public address as `url`."];
      const url = base.replace(/\/+$/, "") + hookPath;
      const secret = await secretOf(settings, context);
      const desk: Desk = {
        account: settings.account,
        clients,
        context,
        config: { url, content_type: "json", insecure_ssl: "0", secret },
      };
      if (isApp) lines.push(...(await setUpApp(desk)));
      for (const name of settings.webhooks ?? []) lines.push(await setUpHook(name, desk));
      if (!isApp && settings.webhooks === undefined)
        lines.push("No webhook was set: name repositories or organizations in the option `webhooks`.");
      return lines;
    },
  };
}

interface Desk {
  readonly account: string;
  readonly clients: Clients;
  readonly context: AdapterContext;
  readonly config: Readonly<Record<"url" | "content_type" | "insecure_ssl" | "secret", string>>;
}

async function secretOf({ webhookSecrets, account }: Settings, context: AdapterContext): Promise<string> {
  const secret = webhookSecrets?.[0] ?? (await context.secret("WEBHOOK_SECRET"));
  if (secret !== undefined && secret.expose() !== "") return secret.expose();
  const advice = "Set GITHUB_WEBHOOK_SECRET to a long random text.";
  throw new GatewayError("secret.missing", `github: a webhook needs a secret, or anybody could write to it. ${advice}`, {
    platform,
    account,
  });
}

/** GitHub shows no secret, so a fingerprint of ours says whether it is still the one. */
async function isCurrent(slot: string, found: JsonObject, { config, context }: Desk): Promise<boolean> {
  const same = found["url"] === config.url && found["content_type"] === config.content_type;
  return same && (await context.memory.get<string>(slot))?.value === printOf(config);
}

function printOf({ url, secret }: Desk["config"]): string {
  return hash("sha256", `${url} ${secret}`, "hex");
}

async function setUpApp(desk: Desk): Promise<string[]> {
  const { account, clients, context, config } = desk;
  const call = async (route: string, args: Args = {}): Promise<JsonObject> =>
    fields(await clients.call(account, route, args, context));
  const lines: string[] = [];
  if (await isCurrent("hook:app", await call("GET /app/hook/config"), desk))
    lines.push(`The App's webhook is ${config.url} already.`);
  else {
    await call("PATCH /app/hook/config", config);
    await context.memory.set("hook:app", printOf(config));
    lines.push(`Set the App's webhook to ${config.url}.`);
  }
  // No program may change the rest, so people are told.
  const app = await call("GET /app");
  const events = new Set(Array.isArray(app["events"]) ? (app["events"] as readonly unknown[]) : []);
  const unheard = webhookEvents.filter((event) => event !== "installation" && !events.has(event));
  if (unheard.length > 0)
    lines.push(`The App is not subscribed to ${unheard.join(", ")}: tick them in its settings, below "Permissions & events".`);
  const granted = record(app["permissions"]);
  const lacking = Object.entries(permissions).filter(([name, level]) => granted[name] !== level && granted[name] !== "write");
  if (lacking.length > 0)
    lines.push(
      `The App has no ${lacking.map(([name, level]) => `${name}: ${level}`).join(", ")}: what takes them will be refused.`,
    );
  return lines;
}

async function setUpHook(name: string, desk: Desk): Promise<string> {
  const { account, clients, context, config } = desk;
  const [owner, repo] = name.split("/");
  const base = repo === undefined ? "/orgs/{org}/hooks" : "/repos/{owner}/{repo}/hooks";
  const where = repo === undefined ? { org: owner } : { owner, repo };
  const wanted = { active: true, events: webhookEvents.filter((event) => event !== "installation"), config };
  const { data } = await clients.call(account, `GET ${base}`, { ...where, per_page: 100 }, context);
  const found = records(data).find((hook) => record(hook["config"])["url"] === config.url);
  const slot = `hook:${name}`;
  if (found === undefined) {
    await clients.call(account, `POST ${base}`, { ...where, name: "web", ...wanted }, context);
  } else {
    const heard = new Set(Array.isArray(found["events"]) ? (found["events"] as readonly unknown[]) : []);
    const whole = found["active"] === true && (heard.has("*") || wanted.events.every((event) => heard.has(event)));
    if (whole && (await isCurrent(slot, record(found["config"]), desk)))
      return `The webhook of ${name} is ${config.url} already.`;
    const events = [...new Set([...[...heard].flatMap((event) => text(event) ?? []), ...wanted.events])];
    await clients.call(
      account,
      `PATCH ${base}/{hook_id}`,
      { ...where, ...wanted, events, hook_id: Number(idOf(found["id"])) },
      context,
    );
  }
  await context.memory.set(slot, printOf(config));
  return `${found === undefined ? "Made" : "Changed"} the webhook of ${name}: ${config.url}.`;
}
