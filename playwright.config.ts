import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { freePort } from "#cli/support/free-port.ts";
import { findChromium } from "#cli/support/tools.ts";

// This file is read again in each worker process, which inherits what the first reading decided.
process.env.E2E_PORT ??= "3917";
process.env.E2E_DATA_DIR ??= mkdtempSync(join(tmpdir(), "aivo-e2e-"));
// One for each worker: where the product is allowed to reach a SIS of the tests' own (e2e/support/own-sis.ts).
process.env.E2E_SFTP_PORTS ??= [await freePort(), await freePort(), await freePort()].join(",");
// And to a receiver of webhooks.
process.env.E2E_HOOK_PORT ??= String(await freePort());
// And to where nothing listens.
process.env.E2E_SILENT_PORT ??= String(await freePort());
// And to an OpenID provider, one for each worker.
process.env.E2E_OPENID_PORTS ??= [await freePort(), await freePort(), await freePort()].join(",");
process.env.AIVO_TRUSTED_SIS_ORIGINS = [
  ...process.env.E2E_SFTP_PORTS.split(",").map((sftpPort) => `sftp://127.0.0.1:${sftpPort}`),
  `http://127.0.0.1:${process.env.E2E_HOOK_PORT}`,
  `http://127.0.0.1:${process.env.E2E_SILENT_PORT}`,
  ...process.env.E2E_OPENID_PORTS.split(",").map((openIdPort) => `http://127.0.0.1:${openIdPort}`),
].join(",");
const port = process.env.E2E_PORT;
const dataDirectory = process.env.E2E_DATA_DIR;

/** Real Chromium against the product as `npm start` runs it, with a database, a sandbox and a data directory of its own. */
export default defineConfig({
  testDir: "e2e",
  retries: 0,
  // One more than cores: syncs are waited for.
  workers: 3,
  // Each test has a district of its own, so any two can run at once.
  fullyParallel: true,
  forbidOnly: true,
  // A bound for what hangs, not a measure: Chromium draws slowly where three tests share two cores with database, web, worker and sandbox.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  // Pictures of pages (e2e/pixels.spec.ts). Letters are drawn otherwise on other systems, so only that one is compared on which they were made.
  snapshotPathTemplate: "{testDir}/pixels/{arg}{ext}",
  ignoreSnapshots: process.platform !== "linux",
  use: {
    baseURL: `http://localhost:${port}`,
    actionTimeout: 30_000,
    // What moves is drawn sixty times a second, by the cores that the product runs on.
    contextOptions: { reducedMotion: "reduce" },
    // A quarter of each test's time; `npx playwright test --trace retain-on-failure` where a failure asks for it.
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: findChromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
      ],
    },
  },
  webServer: {
    command: `"${process.execPath}" cli/start.ts`,
    url: `http://localhost:${port}/sign-in`,
    timeout: 600_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 60_000 },
    stdout: "ignore",
    stderr: "pipe",
    env: {
      PORT: port,
      AIVO_DATA_DIR: dataDirectory,
      AIVO_DEMO: "1",
      // Never the developer's own database, whatever the shell says.
      DATABASE_URL: "",
      NEXTAUTH_URL: `http://localhost:${port}`,
      NEXTAUTH_SECRET: "",
      AIVO_ENCRYPTION_KEYS: "",
      // The sandbox's mailbox, never a real one.
      AIVO_SMTP_URL: "",
      AIVO_MAIL_FROM: "",
      AIVO_TRUSTED_SIS_ORIGINS: process.env.AIVO_TRUSTED_SIS_ORIGINS,
    },
  },
});
