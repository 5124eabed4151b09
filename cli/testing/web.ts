/** Test-only: a web server of the production build, in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { freePort } from "#cli/support/free-port.ts";

const root = join(import.meta.dirname, "../..");

export interface WebUnderTest {
  readonly port: number;
  readonly process: ChildProcess;
  /** Everything it has said so far. */
  said(): string;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/**
 * Resolves when it is ready. Whoever starts one ends it.
 * @param buildDirectory by its name within the project
 * @param directory of another version, where its sources are
 * @throws Error with what it said where it ended instead
 */
export async function startWebProcess(
  buildDirectory: string,
  variables: Readonly<Record<string, string>>,
  directory: string = root,
): Promise<WebUnderTest> {
  const port = await freePort();
  const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
  const child = spawn(process.execPath, [join(directory, "node_modules/next/dist/bin/next"), "start", "--port", `${port}`], {
    cwd: directory,
    env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", PATH, NODE_COMPILE_CACHE, ...variables, NEXT_DIST_DIR: buildDirectory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | string>((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown")));
  let isOver = false;
  void ended.then(() => (isOver = true));
  for (;;) {
    if (isOver) throw new Error(`The web server ended before it was ready:\n${said}`);
    const answer = await fetch(`http://127.0.0.1:${port}/api/health/ready`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.status === 200) return { port, process: child, ended, said: () => said };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
