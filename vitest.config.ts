import { randomInt } from "node:crypto";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { SlowestFiles } from "#cli/testing/slowest-files.ts";

// Everybody's run draws the same, so that what fails has to do with what was changed; AIVO_SEED=random looks elsewhere, as the commands do
// that look for longer (README.md). Read again in no other process: test files inherit what is decided here, and so does what they start.
process.env.AIVO_SEED ||= "20261126";
if (process.env.AIVO_SEED === "random") process.env.AIVO_SEED = String(randomInt(2 ** 31));
// As cli/bootstrap.mjs does, for when vitest is started by hand: dozens of tests start workers and command lines of their own.
process.env.NODE_COMPILE_CACHE ||= join(import.meta.dirname, "node_modules/.cache/aivo-compiled");

const everywhere = "{lib,worker,cli,sandbox,app,components}/**";

/** Projects, so that what needs no database starts none, and what needs the history and another build is asked for by its own command. */
export default defineConfig({
  test: {
    retry: 0,
    reporters: ["default", new SlowestFiles()],
    setupFiles: ["./cli/testing/seeds.ts"],
    allowOnly: false,
    passWithNoTests: false,
    // To load the product anew for each file took a second of CPU for each; a file leaves behind nothing that the next one could meet.
    isolate: false,
    // On two cores the default is one file at a time; but workers that are killed, and a SIS that says nothing, are waited for.
    maxWorkers: 3,
    // Real servers and databases answer slowly when several test files share two cores.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: [`${everywhere}/*.test.{ts,tsx}`], exclude: [`${everywhere}/*.{db,processes,upgrade}.test.ts`] },
      },
      {
        extends: true,
        test: { name: "db", include: [`${everywhere}/*.db.test.ts`], globalSetup: "./cli/support/test-database-server.ts" },
      },
      {
        extends: true,
        test: { name: "processes", include: [`${everywhere}/*.processes.test.ts`], globalSetup: "./cli/support/test-database-server.ts" },
      },
      {
        extends: true,
        test: { name: "upgrade", include: [`${everywhere}/*.upgrade.test.ts`], globalSetup: "./cli/support/test-database-server.ts" },
      },
    ],
  },
});
