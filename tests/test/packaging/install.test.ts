import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slackMessage, slackRequest, startApi } from "../examples/process.ts";
import { bytesIn, freePort, install, pack, packagesIn, root, run, start } from "./project.ts";

const folders = ["packages/gateway", "packages/adapters/slack", "packages/stores/sqlite", "packages/adapters/web"];
const secret = "8f742231b10e8888abcd99yyyzzz85a5";

describe("what is published", { timeout: 240_000 }, () => {
  let tarballs: readonly string[] = [];
  const made: string[] = [];
  const project = async (names: readonly string[]): Promise<string> => {
    const folder = await install(tarballs.filter((_, index) => names.includes(folders[index]?.split("/").at(-1) ?? "")));
    made.push(folder);
    return folder;
  };

  beforeAll(async () => {
    tarballs = await pack(folders);
  }, 240_000);
  afterAll(() => {
    for (const folder of [...made, ...tarballs.map((file) => dirname(file))]) rmSync(folder, { recursive: true, force: true });
  });

  it("is small: the gateway alone is three packages at most, and 1.5 MB", async () => {
    const folder = await project(["gateway"]);
    expect(packagesIn(folder).length).toBeLessThanOrEqual(3);
    expect(bytesIn(join(folder, "node_modules"))).toBeLessThan(1_500_000);
  });

  it("says what it needs, and nothing of this repository", async () => {
    const folder = await project(["gateway"]);
    const manifest = readFileSync(join(folder, "node_modules/@devflow/gateway/package.json"), "utf8");
    expect(manifest).not.toContain("development");
    expect(manifest).not.toContain("workspace:");
  });

  it("runs the program of the README as it stands there, from packages that npm installed", async () => {
    const folder = await project(["gateway", "slack", "sqlite", "web"]);
    expect(packagesIn(folder).length).toBeLessThanOrEqual(25);
    const code = /```ts\n([\s\S]*?createGateway[\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
    expect(code).toContain("await serve(");

    const api = await startApi(({ path }) =>
      path.endsWith("auth.test")
        ? { ok: true, user_id: "UBOT", bot_id: "B1", team_id: "T1", user: "bot", team: "Team", url: "https://t.slack.com/" }
        : { ok: true, channel: "D1", ts: "1700000001.000100" },
    );
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      SLACK_BOT_TOKEN: "xoxb-test",
      SLACK_SIGNING_SECRET: secret,
      SLACK_API_URL: `${api.url}/api/`,
      PORT: String(port),
    };
    const program = await start(folder, "main.ts", code, env, `${url}/health`);

    const probe = JSON.stringify({ type: "url_verification", challenge: "c0ffee", token: "t" });
    const answer = await fetch(`${url}/webhooks/slack`, slackRequest(probe, secret));
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("c0ffee")]);
    expect((await fetch(`${url}/webhooks/slack`, slackRequest(slackMessage("hi"), "forged"))).status).toBe(401);

    expect((await fetch(`${url}/webhooks/slack`, slackRequest(slackMessage("hello"), secret))).status).toBe(200);
    expect((await api.seen("chat.postMessage")).fields).toMatchObject({ channel: "D1", text: "You said: *hello*" });
    expect(await program.end()).toBe(0);
    expect(program.output()).not.toContain("xoxb-test");
    await api.close();
  });

  it("takes an adapter that was built in a repository of its own, as the author's guide says", async () => {
    const own = await project(["gateway"]);
    const template = join(root, "examples/toy-adapter");
    for (const name of ["src", "tsconfig.json", "tsconfig.build.json"])
      cpSync(join(template, name), join(own, name), { recursive: true });
    mkdirSync(join(own, "node_modules/@types"));
    symlinkSync(join(root, "node_modules/@types/node"), join(own, "node_modules/@types/node"));
    const { private: _, devDependencies: __, ...copied } = JSON.parse(readFileSync(join(template, "package.json"), "utf8"));
    const guide = readFileSync(join(root, "docs/adapter-author-guide.md"), "utf8");
    const fields = JSON.parse(/```json\n([\s\S]*?)```/.exec(guide)?.[1] ?? "");
    writeFileSync(join(own, "package.json"), JSON.stringify({ ...copied, ...fields, name: "devflow-toy", version: "1.0.0" }));
    const env = { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}` };
    await run("npm", ["pack", "--loglevel=error"], { cwd: own, env });

    const [gateway = ""] = tarballs;
    const folder = await install([gateway, join(own, "devflow-toy-1.0.0.tgz")]);
    made.push(folder);
    writeFileSync(join(folder, "main.mjs"), 'import { toy } from "devflow-toy"; console.log(toy().platform, toy().contract);');
    expect((await run(process.execPath, ["main.mjs"], { cwd: folder })).stdout).toBe("toy 1\n");
    expect(readFileSync(join(folder, "node_modules/devflow-toy/dist/index.d.ts"), "utf8")).toContain("toy");
  });
});
