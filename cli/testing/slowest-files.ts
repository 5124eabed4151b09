import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";

const shown = 10;

/** Ends a run with the seed of its random tests, and with the files that took the longest. */
export class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    console.log(`Random tests drew from AIVO_SEED=${process.env.AIVO_SEED}; set it to have the same draws again.`);
    if (modules.length <= shown) return;
    const slowest = modules
      .map((module) => ({ path: relative(process.cwd(), module.moduleId), seconds: module.diagnostic().duration / 1000 }))
      .sort((a, b) => b.seconds - a.seconds)
      .slice(0, shown);
    console.log(`The ${shown} slowest of ${modules.length} files:`);
    for (const { path, seconds } of slowest) console.log(`${seconds.toFixed(1).padStart(8)} s  ${path}`);
  }
}
