import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{lib,worker,cli,sandbox,app,components}/**/*.test.{ts,tsx}"],
    globalSetup: "./cli/support/test-database-server.ts",
    environment: "node",
    // Real servers and databases answer slowly when several test files share two cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    allowOnly: false,
    passWithNoTests: false,
  },
});
