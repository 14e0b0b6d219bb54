import { defineConfig } from "tsup";

// tsc writes the declarations (tsconfig.build.json): tsup 9 cannot with TypeScript 7.
export default defineConfig({ entry: ["src/index.ts"], format: "esm", target: "node22", clean: true });
