import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { postgresMissing, redisMissing } from "@devflow/conformance/engines";
import { describe, expect, it } from "vitest";

const show = fileURLToPath(new URL("../src/show.ts", import.meta.url));

async function run(...words: readonly string[]) {
  const child = spawn(process.execPath, ["--conditions=development", show, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  child.stdout.on("data", (piece: Buffer) => (printed += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => (printed += piece.toString()));
  const code = await new Promise<number | null>((resolve) => void child.once("close", resolve));
  return { code, printed };
}

const engines = [
  ["redis", redisMissing()],
  ["postgres", postgresMissing()],
] as const;

describe.each(engines)("the show on %s", (engine, missing) => {
  it.skipIf(missing !== undefined)(
    `goes through a kill -9 and keeps everything${missing === undefined ? "" : ` (skipped: ${missing})`}`,
    async () => {
      const { code, printed } = await run(engine);
      expect(printed).toMatch(/kill -9 \d+: \d+ messages were taken and not answered yet/);
      expect(printed.trimEnd().split("\n").at(-1)).toBe("Kept: 0 lost, 0 doubled, 0 of 20 rooms out of order.");
      expect(code).toBe(0);
    },
    120_000,
  );
});

it("says what it needs", async () => {
  const { code, printed } = await run("oracle");
  expect([code, printed]).toEqual([1, expect.stringContaining("Say redis or postgres.")]);
});
