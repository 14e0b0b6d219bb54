import { defineConfig } from "tsup";

// tsc writes the declarations (tsconfig.build.json): tsup 9 cannot with TypeScript 7.
export default defineConfig({
  // The thread that has the database is started from a file of its own, and finds it there.
  entry: ["src/index.ts", "src/worker/index.ts"],
  format: "esm",
  target: "node22",
  clean: true,
  // There is no module "sqlite" but node:sqlite.
  removeNodeProtocol: false,
});
