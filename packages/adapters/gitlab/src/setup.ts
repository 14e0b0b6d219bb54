import { hash } from "node:crypto";
import type { AdapterContext, Secret, Setup } from "@devflow/gateway/contract";
import { GatewayError, type JsonObject } from "@devflow/gateway/kit";
import type { Clients } from "./client/index.ts";
import { platform, webhookSecrets, type Settings } from "./options.ts";
import { hookKeys, id, projectPath, text, type OwnHook } from "./wire/index.ts";

/** Path of the webhook below the public base address. */
const path = "/webhooks/gitlab";

// Without jobs: each of them would call at every step. Who wants them switches them on, and they stay on.
const common = [
  "issues_events confidential_issues_events note_events confidential_note_events merge_requests_events pipeline_events",
  "push_events tag_push_events deployment_events releases_events milestone_events emoji_events feature_flag_events",
  "wiki_page_events resource_access_token_events",
]
  .join(" ")
  .split(" ");
const ofGroups = ["member_events", "subgroup_events"];

/** Installs our webhook in the projects and groups that the options name, and wakes one that GitLab has put to sleep. */
export function createSetup(settings: Settings, clients: Clients): Setup {
  return {
    async setup({ url }, context) {
      if (url === undefined)
        return ["There is no public address, so no webhook was made. GitLab has no other way to tell of events."];
      const target = url.replace(/\/+$/, "") + path;
      const lines: string[] = [];
      for (const [account, { projects = [], groups = [] }] of settings.accounts) {
        const homes = [...projects.map(projectPath), ...groups.map((group) => `groups/${encodeURIComponent(group)}`)];
        if (homes.length === 0) continue;
        const secrets = await secretsOf(settings, account, context);
        for (const home of homes) lines.push(...(await install({ home, target, secrets, account, clients, context })));
      }
      if (lines.length > 0) return lines;
      return [`No project and no group is named in the options, so nothing was changed. A webhook made by hand calls ${target}.`];
    },
  };
}

interface Wanted {
  readonly home: string;
  readonly target: string;
  readonly secrets: readonly Secret[];
  readonly account: string;
  readonly clients: Clients;
  readonly context: AdapterContext;
}

async function install(wanted: Wanted): Promise<readonly string[]> {
  const { home, target, account, context } = wanted;
  const name = decodeURIComponent(home.slice(home.indexOf("/") + 1));
  const signing = wanted.secrets.map((one) => one.expose()).find((one) => one.startsWith("whsec_"));
  const plain = wanted.secrets.map((one) => one.expose()).find((one) => !one.startsWith("whsec_"));
  const flags = Object.fromEntries([...common, ...(home.startsWith("groups/") ? ofGroups : [])].map((flag) => [flag, true]));
  const fields = { url: target, enable_ssl_verification: target.startsWith("https:"), ...flags };
  const body = {
    ...fields,
    ...(plain !== undefined && { token: plain }),
    ...(signing !== undefined && { signing_token: signing }),
  };
  const print = hash("sha256", JSON.stringify(body));
  const key = `${hookKeys(account)}${encodeURIComponent(home)}`;
  const known = (await context.memory.get<OwnHook>(key))?.value;
  const found = await hookAt(wanted);
  const same =
    found !== undefined &&
    known?.print === print &&
    known.id === id(found["id"]) &&
    Object.keys(flags).every((flag) => found[flag] !== false);
  const hook = same ? found : await write(wanted, found, body);
  const own = id(hook["id"]) ?? id(found?.["id"]) ?? "";
  await context.memory.set(key, { home, id: own, print } satisfies OwnHook);
  const verb = same
    ? "has its webhook already"
    : found === undefined
      ? "has a webhook now"
      : "has its webhook brought up to date";
  const unsigned = signing !== undefined && plain === undefined && !same && hook["signing_token_present"] !== true;
  return [
    `${name} ${verb}: ${target}.`,
    ...(unsigned
      ? [`${name}: this instance does not sign. Add a secret that does not begin with whsec_, for X-Gitlab-Token.`]
      : []),
    ...(await wake(wanted, name, own, hook)),
  ];
}

async function hookAt({ home, target, account, clients, context }: Wanted): Promise<JsonObject | undefined> {
  for await (const hook of clients.list(account, { path: `${home}/hooks` }, context)) if (hook["url"] === target) return hook;
  return undefined;
}

async function write(
  { home, account, clients, context }: Wanted,
  found: JsonObject | undefined,
  body: object,
): Promise<JsonObject> {
  const where = found === undefined ? `${home}/hooks` : `${home}/hooks/${id(found["id"])}`;
  return await clients.object(account, { method: found === undefined ? "POST" : "PUT", path: where, body, own: false }, context);
}

/** GitLab stops calling a hook that failed too often; a test that succeeds wakes it. */
async function wake(
  { home, account, clients, context }: Wanted,
  name: string,
  own: string,
  hook: JsonObject,
): Promise<readonly string[]> {
  const status = text(hook["alert_status"]) ?? "executable";
  if (status === "executable") return [];
  const test = { method: "POST", path: `${home}/hooks/${own}/test/push_events`, body: {}, own: false } as const;
  const done = await clients.call(account, test, context).then(
    () => true,
    () => false,
  );
  return [
    done
      ? `${name}: the webhook was ${status}; a test has woken it.`
      : `${name}: the webhook is ${status}, and a test did not get through.`,
  ];
}

async function secretsOf(settings: Settings, account: string, context: AdapterContext): Promise<readonly Secret[]> {
  const secrets = await webhookSecrets(settings, account, context);
  if (secrets.length > 0) return secrets;
  const advice = "Set GITLAB_WEBHOOK_SECRET, best to whsec_ and 32 random bytes in base64.";
  throw new GatewayError("secret.missing", `gitlab: a webhook needs a secret, or anybody could write to it. ${advice}`, {
    platform,
    account,
  });
}
