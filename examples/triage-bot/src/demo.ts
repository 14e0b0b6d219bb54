import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startGitlab } from "./pretend/gitlab.ts";
import { startJira } from "./pretend/jira.ts";
import { freePort } from "./pretend/port.ts";

// The bot as it is, on platforms that are none: nothing here talks to anybody beyond this machine.
if (Number(process.versions.node.split(".")[0]) < 24) {
  console.error("The emulated GitHub and Slack need Node 24 or later. The bot itself does not: see main.ts.");
  process.exit(1);
}
const { startGithub } = await import("./pretend/github.ts");
const { startSlack } = await import("./pretend/slack.ts");
const stands = [await startSlack(), await startGithub(), await startGitlab(), await startJira()];
const folder = mkdtempSync(join(tmpdir(), "devflow-triage-bot-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const port = String(await freePort());
const bot = `http://127.0.0.1:${port}`;
Object.assign(
  process.env,
  { PORT: port, PUBLIC_URL: bot, DEVFLOW_DB: join(folder, "gateway.db") },
  ...stands.map(({ env }) => env),
);
await import("./main.ts");

const patienceMs = 15_000;
for (const { name, mention, answer } of stands) {
  const question = "what is this, and what should happen next?";
  console.log(`\n${name}\n  Ada: @triage ${question}`);
  await mention(question, bot);
  for (let waited = 0; waited < patienceMs && (await answer()).said.length === 0; waited += 50) await pause(50);
  const { said, labels } = await answer();
  console.log(`  Triage: ${said.join("\n").trim().replaceAll("\n", "\n    ") || "(nothing)"}`);
  if (labels.length > 0) console.log(`  Labels: ${labels.join(", ")}`);
}
for (const { close } of stands) await close();
process.exit(0);
