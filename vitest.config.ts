import { defineConfig } from "vitest/config";

const everywhere = "{lib,worker,cli,sandbox,app,components}/**";

/** Two projects, so that what needs no database starts none. */
export default defineConfig({
  test: {
    retry: 0,
    allowOnly: false,
    passWithNoTests: false,
    // Real servers and databases answer slowly when several test files share two cores.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: "unit", include: [`${everywhere}/*.test.{ts,tsx}`], exclude: [`${everywhere}/*.db.test.ts`] } },
      {
        extends: true,
        test: { name: "db", include: [`${everywhere}/*.db.test.ts`], globalSetup: "./cli/support/test-database-server.ts" },
      },
    ],
  },
});
