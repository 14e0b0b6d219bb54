import { createHmac, randomUUID } from "node:crypto";

/** What an API answers. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** A request to the API. `see` asks the server behind, as the same caller. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly see: (path: string) => Promise<Answer>;
}

interface Run {
  readonly id: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly repository: unknown;
  readonly sender: unknown;
  readonly created_at: string;
  head_branch: string;
  run_attempt: number;
  status: "queued" | "in_progress" | "completed";
  conclusion: "success" | "failure" | null;
  updated_at: string;
}

interface Hook {
  readonly id: number;
  readonly url: string;
  readonly secret: string;
}

interface Sent {
  readonly id: number;
  readonly guid: string;
  readonly hook: Hook;
  readonly action: string;
  readonly body: string;
  readonly delivered_at: string;
  status_code: number;
}

/**
 * A stand-in for GitHub Actions, and nothing more: no job is ever run. A run of `deploy.yml` waits, is under way and ends, `paceMs`
 * each; to production the first attempt fails. Webhooks are signed, sent once, and sent again on request, as GitHub's are.
 * `hurried`: a run is over before whoever asked for it gets the answer.
 */
export function pretendActions(world: {
  readonly url: string;
  readonly repository: string;
  readonly paceMs?: number;
  readonly hurried?: boolean;
}): {
  answer(asked: Asked): Promise<Answer | undefined>;
  hook(made: unknown, asked: string): void;
  dispatches(): number;
  stop(): void;
} {
  const { url, repository, paceMs = 1_500, hurried = false } = world;
  const base = `/repos/${repository}`;
  const runs = new Map<number, Run>();
  const hooks: Hook[] = [];
  const sent: Sent[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let dispatches = 0;

  const shown = ({ inputs: _, sender, ...run }: Run): object => ({
    ...run,
    name: "Deploy",
    path: ".github/workflows/deploy.yml",
    event: "workflow_dispatch",
    head_sha: "0".repeat(40),
    run_started_at: run.created_at,
    html_url: `${url}/${repository}/actions/runs/${run.id}`,
    pull_requests: [],
    actor: sender,
  });

  async function deliver(one: Sent): Promise<void> {
    const headers = {
      "content-type": "application/json",
      "x-github-event": "workflow_run",
      "x-github-delivery": one.guid,
      "x-github-hook-id": String(one.hook.id),
      "x-hub-signature-256": `sha256=${createHmac("sha256", one.hook.secret).update(one.body).digest("hex")}`,
    };
    one.status_code = await fetch(one.hook.url, { method: "POST", headers, body: one.body }).then(
      ({ status }) => status,
      () => 0,
    );
  }

  async function tell(action: string, run: Run): Promise<void> {
    run.updated_at = new Date().toISOString();
    const { repository: where, sender } = run;
    const body = JSON.stringify({ action, workflow_run: shown(run), repository: where, sender });
    for (const hook of hooks) {
      const one = { id: sent.length + 1, guid: randomUUID(), hook, action, body, delivered_at: run.updated_at, status_code: 0 };
      sent.push(one);
      await deliver(one);
    }
  }

  const pause = async (): Promise<void> =>
    await new Promise((resolve) => {
      const timer = setTimeout(() => (timers.delete(timer), resolve()), paceMs);
      timers.add(timer);
    });

  async function go(run: Run): Promise<void> {
    Object.assign(run, { status: "queued", conclusion: null });
    await tell("requested", run);
    if (!hurried) await pause();
    run.status = "in_progress";
    await tell("in_progress", run);
    if (!hurried) await pause();
    const fails = run.inputs["environment"] === "production" && run.run_attempt === 1;
    Object.assign(run, { status: "completed", conclusion: fails ? "failure" : "success" });
    await tell("completed", run);
    // Whoever was told has the time to do something about it.
    if (hurried) await pause();
  }

  async function dispatch({ body, see }: Asked): Promise<Answer> {
    const { ref, inputs = {}, return_run_details: details } = JSON.parse(body) as Record<string, unknown>;
    if (typeof ref !== "string") return { status: 422, body: { message: "ref wasn't supplied." } };
    dispatches += 1;
    const now = new Date().toISOString();
    const run: Run = {
      id: 1_000 + dispatches,
      inputs: inputs as Run["inputs"],
      repository: (await see(base)).body,
      sender: (await see("/user")).body,
      created_at: now,
      head_branch: ref,
      run_attempt: 1,
      status: "queued",
      conclusion: null,
      updated_at: now,
    };
    runs.set(run.id, run);
    const over = go(run);
    if (hurried) await over;
    if (details !== true) return { status: 204 };
    const links = { run_url: `${url}${base}/actions/runs/${run.id}`, html_url: `${url}/${repository}/actions/runs/${run.id}` };
    return { status: 200, body: { workflow_run_id: run.id, ...links } };
  }

  function rerun(run: Run): Answer {
    if (run.status !== "completed") return { status: 403, body: { message: "This workflow is already running" } };
    run.run_attempt += 1;
    void go(run);
    return { status: 201, body: {} };
  }

  async function resend(hook: string | undefined, id: string | undefined): Promise<Answer> {
    const one = sent.find((each) => String(each.id) === id && String(each.hook.id) === hook);
    if (one === undefined) return { status: 404, body: { message: "Not Found" } };
    void deliver(one);
    return { status: 202, body: {} };
  }

  return {
    async answer(asked) {
      const { method, path: target, see } = asked;
      const { pathname: path } = new URL(target, url);
      const ours = path.startsWith(base) ? path.slice(base.length) : "";
      const deliveries = /^\/hooks\/(\d+)\/deliveries(?:\/(\d+)\/attempts)?$/.exec(ours);
      if (!ours.startsWith("/actions/") && deliveries === null) return undefined;
      const allowed = await see(`${base}/actions/workflows`);
      if (allowed.status !== 200) return allowed;
      if (deliveries?.[2] !== undefined) return await resend(deliveries[1], deliveries[2]);
      if (deliveries) {
        const failed = sent.filter(
          (one) => String(one.hook.id) === deliveries[1] && (one.status_code < 200 || one.status_code > 299),
        );
        return { status: 200, body: failed.toReversed().map(({ hook: _, body: __, ...one }) => one) };
      }
      if (method === "POST" && ours === "/actions/workflows/deploy.yml/dispatches") return await dispatch(asked);
      if (method === "GET" && ours === "/actions/workflows/deploy.yml/runs")
        return { status: 200, body: { total_count: runs.size, workflow_runs: [...runs.values()].map(shown) } };
      const [, id, verb] = /^\/actions\/runs\/(\d+)(?:\/(rerun-failed-jobs))?$/.exec(ours) ?? [];
      const run = runs.get(Number(id));
      if (run === undefined) return { status: 404, body: { message: "Not Found" } };
      return verb === undefined ? { status: 200, body: shown(run) } : rerun(run);
    },
    hook(made, asked) {
      const { config } = JSON.parse(asked) as { readonly config: { readonly url: string; readonly secret: string } };
      hooks.push({ id: (made as { readonly id: number }).id, url: config.url, secret: config.secret });
    },
    dispatches: () => dispatches,
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
