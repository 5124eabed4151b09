import { type ChildProcess, spawn } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import type { Variables } from "#cli/support/variables.ts";
import { workerArguments, workerVariables } from "#cli/support/worker-command.ts";
import { type CpuClock, cpuOfProcess } from "./cpu.ts";

/** A real worker process, whose memory can be looked at. */
export interface BenchWorker {
  /** Forgets the peak so far; false where the system does not allow it, and the peak then is that of the whole process. */
  resetPeak(): boolean;
  /** The most memory that was resident at once since then, in megabytes; null where the system does not tell. */
  peakMegabytes(): number | null;
  readonly cpu: CpuClock;
  stop(): Promise<void>;
}

export async function startBenchWorker(variables: Variables, logFile: string): Promise<BenchWorker> {
  const log = openSync(logFile, "a");
  const env: Variables = { ...variables, ...workerVariables };
  const worker: ChildProcess = spawn(process.execPath, [...workerArguments], {
    env: env as NodeJS.ProcessEnv,
    stdio: ["ignore", log, log, "ipc"],
  });
  await new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("exit", (code) => reject(new Error(`The worker ended with code ${code}; see ${logFile}`)));
  });
  return {
    cpu: cpuOfProcess(worker.pid),
    resetPeak: () => {
      try {
        writeFileSync(`/proc/${worker.pid}/clear_refs`, "5");
        return true;
      } catch {
        return false;
      }
    },
    peakMegabytes: () => {
      try {
        const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${worker.pid}/status`, "utf8"))?.[1];
        return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
      } catch {
        return null;
      }
    },
    stop: () =>
      new Promise((resolve) => {
        if (worker.exitCode !== null || worker.signalCode !== null) return resolve();
        // Nothing of a bench is worth waiting for.
        const force = setTimeout(() => worker.kill("SIGKILL"), 5000);
        worker.once("exit", () => {
          clearTimeout(force);
          resolve();
        });
        worker.kill("SIGTERM");
      }),
  };
}
