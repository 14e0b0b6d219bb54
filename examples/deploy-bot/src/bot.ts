import {
  isGatewayError,
  type Adapter,
  type Address,
  type Context,
  type Gateway,
  type Pipeline,
  type Sayable,
} from "@devflow/gateway";
import { parseMarkdown } from "@devflow/gateway/kit";
import type { GithubAdapter } from "@devflow/github";

declare module "@devflow/gateway/contract" {
  interface EventMap {
    /** A run has got somewhere. */
    "run.moved": { readonly pipeline: Pipeline };
  }
}

/** Where a run is followed, and how far it has been told there. */
type Followed = { readonly project: Address; readonly place: Address; readonly what: string; readonly told: number };

const environments = ["staging", "production"];
const ttlMs = 7 * 86_400_000;

/** `/deploy <service> <environment>` runs `deploy.yml` of the service's repository, and tells how that goes where it was asked for. */
export function addDeployBot(
  gateway: Gateway<readonly [GithubAdapter, ...Adapter[]]>,
  services: ReadonlyMap<string, Address>,
): void {
  gateway.command("deploy", async (c) => {
    const [service = "", environment = ""] = c.event.args.split(/\s+/);
    const project = services.get(service);
    if (project === undefined || !environments.includes(environment))
      return c.reply(`Say \`/deploy <service> <environment>\`: ${[...services.keys()].join(", ")}; ${environments.join(", ")}.`);

    const what = `**${service}** to **${environment}**`;
    const said = await c.reply(`Deploying ${what}.`);
    const run = { workflow: "deploy.yml", ref: "main", inputs: { environment } };
    const started = await unlessRefused(c, async () => (await c.do({ kind: "pipeline.run", run }, project)).receipt());
    if (started === undefined) return;
    if (started.key === undefined) return c.reply("It was asked for. GitHub does not say which run it became.");

    // In Slack a thread below what was said; elsewhere the conversation itself.
    const { route: _, ...here } = c.conversation.address;
    const { messageId: thread } = await said.receipt();
    const place = here.platform === "slack" && thread !== undefined ? { ...here, thread } : here;
    // Only if new: when this handler runs again, the run may have been followed for a while.
    await gateway.memory.set(`run/${started.key}`, { project, place, what, told: 0 } satisfies Followed, { ttlMs, ifVersion: 0 });
    // What GitHub has told before that line was heard by nobody: ask.
    const pipeline = await gateway.adapter("github").work.pipeline(started.key, project);
    if (pipeline) await moved(c, pipeline);
  });

  gateway.on(["pipeline.started", "pipeline.finished"], (c) => moved(c, c.event.pipeline));

  gateway.on("run.moved", async ({ event: { pipeline } }) => {
    const slot = `run/${pipeline.id}`;
    const followed = (await gateway.memory.get<Followed>(slot))?.value;
    const step = 2 * (pipeline.attempt ?? 1) + (pipeline.status === "finished" ? 1 : 0);
    if (followed === undefined || pipeline.status === "queued" || step <= followed.told) return;
    // Under a name of its own it is said once, also if this process dies before the next line.
    await gateway.send(followed.place, lineOf(pipeline, followed.what), { id: `${slot}/${step}` });
    await gateway.memory.set(slot, { ...followed, told: step } satisfies Followed, { ttlMs });
  });

  gateway.action("retry", async (c) => {
    const { value = "" } = c.event;
    const pipeline = value.replace(/\/.*$/, "");
    const followed = (await gateway.memory.get<Followed>(`run/${pipeline}`))?.value;
    if (followed === undefined) return c.reply("That run is too old to be retried from here.");
    // Of all who press the same button, the first one retries; after a refusal, the next one.
    const slot = `retry/${value}`;
    await gateway.memory.set(slot, c.event.id, { ttlMs, ifVersion: 0 });
    if ((await gateway.memory.get<string>(slot))?.value !== c.event.id) return;
    const retry = { kind: "pipeline.retry", pipeline, failedOnly: true } as const;
    await c.reply("Retrying what failed.");
    await unlessRefused(
      c,
      async () => (await c.do(retry, followed.project)).receipt(),
      async () => void (await gateway.memory.delete(slot)),
    );
  });
}

/** What is known of one run, from webhooks and from answers, is looked at one after the other. */
function moved(c: Context, pipeline: Pipeline): Promise<string> {
  return c.emit({ kind: "run.moved", pipeline }, { key: `run/${pipeline.id}` });
}

function lineOf({ id, attempt = 1, status, passed, outcome, url }: Pipeline, what: string): Sayable {
  const run = url === undefined ? `Run ${id}` : `[Run ${id}](${url})`;
  if (status !== "finished") return `${run} is under way${attempt > 1 ? `, attempt ${attempt}` : ""}.`;
  if (passed === true) return `${run} has passed: ${what} is done.`;
  const retry = { kind: "button", id: "retry", label: "Retry", value: `${id}/${attempt}` } as const;
  return [...parseMarkdown(`${run} has ended with **${outcome}**: ${what} is not done.`), { type: "actions", items: [retry] }];
}

/** What `work` resolves to, or, after `undo`, an answer that says why not. What may work later is left to the next run of the handler. */
async function unlessRefused<T>(c: Context, work: () => Promise<T>, undo?: () => Promise<void>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isGatewayError(error) || error.retryable) throw error;
    await undo?.();
    await c.reply(`That did not work. ${error.message}`);
  }
}
