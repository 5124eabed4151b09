import { defineConfig } from "vitest/config";

const everywhere = "{lib,worker,cli,sandbox,app,components}/**";

/** Two projects, so that what needs no database starts none. */
export default defineConfig({
  test: {
    retry: 0,
    allowOnly: false,
    passWithNoTests: false,
    // On two cores the default is one file at a time; but most of what these tests do is wait for servers and databases.
    maxWorkers: 2,
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
