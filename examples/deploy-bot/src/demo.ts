import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./pretend/port.ts";

// The bot as it is, on a GitHub that is none: nothing here talks to anybody beyond this machine.
if (Number(process.versions.node.split(".")[0]) < 24) {
  console.error("The emulated GitHub needs Node 24 or later. The bot itself does not: see main.ts.");
  process.exit(1);
}
const { startGithub } = await import("./pretend/github.ts");
const github = await startGithub("octo/api");
const folder = mkdtempSync(join(tmpdir(), "devflow-deploy-bot-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const port = process.env["PORT"] ?? String(await freePort());
Object.assign(process.env, {
  PORT: port,
  PUBLIC_URL: `http://127.0.0.1:${port}`,
  GITHUB_API_URL: github.url,
  GITHUB_TOKEN: github.token,
  GITHUB_WEBHOOK_SECRET: "a long random text, for a demo",
  DEVFLOW_DB: join(folder, "gateway.db"),
});
await import("./main.ts");
console.log("Its GitHub is emulated, and its runs are pretended. Type /deploy api production there.");
