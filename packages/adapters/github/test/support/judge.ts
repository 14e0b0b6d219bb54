import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "./port.ts";

type Json = Record<string, unknown>;

/** Routes of GitHub's description that have nothing to do with this adapter; reading them costs the judge a minute. */
const kept =
  /^\/(?:app|user|users\/\{username\}|user\/\{account_id\}|search\/issues|orgs\/\{org\}\/hooks|repos\/\{owner\}\/\{repo\})(?:\/|$)/;
const dropped =
  /^\/repos\/\{owner\}\/\{repo\}\/(?!issues|pulls|actions\/(?:runs|jobs|workflows)|check-runs|commits\/\{ref\}\/check-runs|hooks|assignees|git\/refs).|^\/user\/(?!\{)|^\/users\/\{username\}\//;

/**
 * GitHub's own description of its API, with three departures: answers are also of the type that the SDK asks for; `nullable` is
 * spelled so that the judge's library takes it where there is no `type`, since it would judge nothing there otherwise; and
 * `created` may be a range, as its own words say, and not a time alone.
 */
function description(name: string, prefix: string): Json {
  const load = createRequire(import.meta.url);
  const manifest = load.resolve("@octokit/openapi/package.json");
  const spec = JSON.parse(readFileSync(join(dirname(manifest), `generated/${name}.json`), "utf8")) as Json & {
    paths: Json;
  };
  delete spec["x-webhooks"];
  spec.paths = Object.fromEntries(
    Object.entries(spec.paths)
      .filter(([path]) => kept.test(path) && !dropped.test(path))
      .map(([path, item]) => [prefix + path, item]),
  );
  repair(spec);
  return spec;
}

function repair(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  const value = node as Json;
  const { content, nullable, type, oneOf, anyOf } = value;
  if (value["name"] === "created" && value["in"] === "query") value["schema"] = { type: "string" };
  if (nullable === true && type === undefined) {
    delete value["nullable"];
    for (const choices of [oneOf, anyOf]) if (Array.isArray(choices)) choices.push({ enum: [null] });
  }
  const json = (content as Json | undefined)?.["application/json"];
  if (json !== undefined && "description" in value && !("required" in value))
    (content as Json)["application/vnd.github.v3+json"] = json;
  for (const inner of Object.values(value)) repair(inner);
}

/** A judge of requests: it answers with examples, and notes what was wrong. */
export interface Judge {
  readonly url: string;
  /** A `fetch` that reads the judge's answers as what they are, JSON. */
  readonly fetch: typeof fetch;
  /** What it has found wrong with the requests of a piece of work, and how many they were. */
  hear(work: () => Promise<unknown>): Promise<{ readonly requests: number; readonly violations: readonly string[] }>;
  close(): void;
}

/** Starts Prism with GitHub's description of one of its servers, whose API begins at `prefix`. */
export async function startJudge(name: string, prefix: string): Promise<Judge> {
  const folder = mkdtempSync(join(tmpdir(), "judge-"));
  const spec = join(folder, "github.json");
  writeFileSync(spec, JSON.stringify(description(name, prefix)));
  const load = createRequire(import.meta.url);
  const manifest = load.resolve("@stoplight/prism-cli/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: { prism: string } };
  const port = await freePort();
  const prism = spawn(process.execPath, [
    join(dirname(manifest), bin.prism),
    "mock",
    spec,
    "-h",
    "127.0.0.1",
    "-p",
    String(port),
  ]);
  let log = "";
  let changed = (): void => {};
  await new Promise<void>((resolve, reject) => {
    prism.once("exit", (code) => reject(new Error(`the judge ended with ${code}: ${log.slice(-2000)}`)));
    for (const stream of [prism.stdout, prism.stderr]) {
      stream.on("data", (data: Buffer) => {
        log += data.toString();
        if (log.includes("Prism is listening")) resolve();
        changed();
      });
    }
  });
  const url = `http://127.0.0.1:${port}${prefix}`;
  let sentinels = 0;
  return {
    url,
    async fetch(input, init) {
      const { status, headers, body } = await fetch(input, init);
      const type = headers.get("content-type")?.replace("vnd.github.v3+json", "json") ?? "";
      return new Response(status === 204 ? null : body, { status, headers: { "content-type": type } });
    },
    async hear(work) {
      const from = log.length;
      await work().catch(() => undefined);
      // What is written before this last request is about those before it.
      const last = `/users/sentinel-${(sentinels += 1)}`;
      await (await fetch(url + last)).text();
      while (!log.includes(last)) await new Promise<void>((resolve) => void (changed = resolve));
      const lines = log.slice(from, log.indexOf(last)).split("\n");
      return {
        requests: lines.filter((line) => line.includes("Request received")).length,
        violations: lines.filter((line) => /Violation: request|Request terminated with error/.test(line)),
      };
    },
    close() {
      prism.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
