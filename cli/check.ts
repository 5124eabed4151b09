import { runStages, runTool, styleStage, typeStage } from "./support/stages.ts";

/** `npm run check`: what can be said in seconds, without a database. */
const passed = await runStages([
  styleStage,
  typeStage,
  { name: "Rules of the repository", run: () => runTool("vitest/vitest.mjs", ["run", "--project", "unit", "lib/repository.test.ts"]) },
]);
process.exit(passed ? 0 : 1);
