import { globSync } from "node:fs";
import { defineConfig } from "vitest/config";

const roots = globSync([
  "packages/*/test",
  "packages/{adapters,stores}/*/test",
  "examples/*/test",
  "tests/test",
  "tools/test",
]).map((folder) => folder.replace(/\/test$/, ""));

// Vite resolves the "development" condition by itself: tests run on src, and no build is needed.
export default defineConfig({
  test: { projects: roots.map((root) => ({ test: { name: root, root, include: ["test/**/*.test.ts"] } })) },
});
