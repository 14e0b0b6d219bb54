import { cp } from "node:fs/promises";
import { defineConfig } from "tsup";

// tsc writes the declarations (tsconfig.build.json): tsup 9 cannot with TypeScript 7.
export default defineConfig({
  entry: ["src/index.ts"],
  format: "esm",
  target: "node22",
  clean: true,
  // The browser's files need no build: they go along as they are.
  onSuccess: () => cp("src/site/page", "dist/page", { recursive: true, filter: (name) => !name.endsWith(".json") }),
});
