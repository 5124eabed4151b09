import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuild } from "./support/build.ts";
import { freePort } from "./support/free-port.ts";
import { Plain } from "./support/plain.ts";
import { runStages, runTool, styleStage, typeStage } from "./support/stages.ts";
import { ensureTools } from "./support/tools.ts";

/** `npm test`: everything that must hold. Nothing is left out when something is missing: then it fails and says what. */
try {
  ensureTools();
} catch (error) {
  if (!(error instanceof Plain)) throw error;
  console.error(error.message);
  process.exit(1);
}

let building: Promise<unknown> | null = null;
const passed = await runStages([
  typeStage,
  styleStage,
  {
    name: "Unit, protocol and database tests",
    run: () => {
      // Beside them: most of what they do is wait for servers. A failure is told by the stage that waits for it.
      building = ensureBuild((line) => console.log(line));
      building.catch(() => {});
      return runTool("vitest/vitest.mjs", ["run", "--project", "unit", "--project", "db"]);
    },
  },
  { name: "Production build (begun beside the tests)", run: async () => void (await building) },
  { name: "Browser tests", run: browserTests },
]);
process.exit(passed ? 0 : 1);

async function browserTests(): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "aivo-e2e-"));
  try {
    await runTool("@playwright/test/cli.js", ["test"], { ...process.env, E2E_PORT: String(await freePort()), E2E_DATA_DIR: dataDirectory });
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}
