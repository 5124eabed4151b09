import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

export interface Stage {
  readonly name: string;
  /** Throws when it fails; what it has to say it has printed by then. */
  run(): Promise<void>;
}

/** Runs every stage, also after one has failed, prints a summary and answers whether all of them passed. */
export async function runStages(stages: readonly Stage[]): Promise<boolean> {
  const results: { name: string; passed: boolean; seconds: number }[] = [];
  for (const stage of stages) {
    console.log(`\n── ${stage.name} ${"─".repeat(Math.max(0, 70 - stage.name.length))}`);
    const startedAt = performance.now();
    let passed = true;
    try {
      await stage.run();
    } catch (error) {
      passed = false;
      console.error(error instanceof Error ? error.message : error);
    }
    results.push({ name: stage.name, passed, seconds: (performance.now() - startedAt) / 1000 });
  }
  console.log("");
  for (const { name, passed, seconds } of results)
    console.log(`${passed ? "✓" : "✗"} ${name.padEnd(46)} ${seconds.toFixed(1).padStart(7)} s`);
  const failed = results.filter((result) => !result.passed);
  console.log(failed.length === 0 ? "\nEverything passed." : `\nFailed: ${failed.map((result) => result.name).join(", ")}`);
  return failed.length === 0;
}

/** Runs an installed package's command line on this Node, with its output shown. */
export function runTool(script: string, args: readonly string[], variables: NodeJS.ProcessEnv = process.env): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "node_modules", script), ...args], { cwd: root, stdio: "inherit", env: variables });
    child.on("error", reject);
    child.on("exit", (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${script.split("/")[0]} ended with ${signal ?? `code ${code}`}`)),
    );
  });
}

export const typeStage: Stage = {
  name: "Types",
  run: async () => {
    // Writes next-env.d.ts and the types of the routes, which a fresh clone does not have.
    await runTool("next/dist/bin/next", ["typegen"], { ...process.env, NEXT_TELEMETRY_DISABLED: "1" });
    await runTool("typescript/bin/tsc", ["--noEmit", "--project", "."]);
  },
};

export const styleStage: Stage = {
  name: "Format and lint",
  run: () => runTool("@biomejs/biome/bin/biome", ["ci", "--error-on-warnings", "--max-diagnostics=200", "."]),
};
