import { globSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const roots = globSync([
  "packages/*/test",
  "packages/{adapters,stores}/*/test",
  "examples/*/test",
  "tests/test",
  "tools/test",
]).map((folder) => folder.replace(/\/test$/, ""));

// Machines that count results name a file for them; people read the terminal.
const report = process.env["DEVFLOW_TEST_REPORT"];

// Tests do not wait for time, but machines that build beside them may be slow to start a process: hence the long limit.
// Vite resolves the "development" condition by itself: tests run on src, and no build is needed.
export default defineConfig({
  test: {
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    projects: roots.map((root) => ({
      test: {
        name: root,
        root,
        include: ["test/**/*.test.ts"],
        setupFiles: [join(import.meta.dirname, "tools/seed.ts")],
        testTimeout: 30_000,
        expect: { poll: { timeout: 20_000 } },
      },
    })),
  },
});
