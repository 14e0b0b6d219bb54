import { defineConfig } from "vitest/config";

// Vite resolves the "development" condition by itself: tests run on src, and no build is needed.
export default defineConfig({
  test: {
    projects: ["packages/*", "packages/adapters/*", "packages/stores/*", "examples/*", "tools"].map((root) => ({
      test: { root, include: ["test/**/*.test.ts"], passWithNoTests: true },
    })),
  },
});
