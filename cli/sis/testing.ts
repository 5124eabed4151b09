import { type ChildProcess, type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { workerArguments } from "#cli/support/worker-command.ts";
import { commandLine } from "./command-line.ts";

const root = join(import.meta.dirname, "../..");
/** The pinned Node, whichever one runs the tests. */
const node = join(root, "node_modules/node/bin/node");
type Variables = Readonly<Record<string, string>>;

/** Nothing of the test's own environment but where programs, and what was compiled of them, are. */
function only(variables: Variables): NodeJS.ProcessEnv {
  const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
  return { NODE_ENV: "test", PATH, NODE_COMPILE_CACHE, ...variables };
}

export interface Answer {
  readonly exitCode: number;
  /** stdout as it came. */
  readonly stdout: string;
  readonly stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever document the command printed
  readonly json: any;
}

/**
 * Types a command, with nothing but these variables: the command line as it is, in this process, which does not have to load it for each
 * command anew. What belongs to the process is tried with `sisProcess`.
 */
export async function sis(variables: Variables, ...args: string[]): Promise<Answer> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const exitCode = await commandLine(args, {
    variables: only(variables),
    write: async (text) => void stdout.push(text),
    complain: (text) => void stderr.push(text),
    beforeLeaving: () => {},
  });
  return answerOf(args, exitCode, stdout.join(""), stderr.join(""));
}

/** The same as a process of its own, from the words that it is given to the code that it ends with. */
export function sisProcess(variables: Variables, ...args: string[]): Promise<Answer> {
  return sisProcessOf(root, variables, ...args);
}

/** The same of another version, whose sources are there. */
export function sisProcessOf(directory: string, variables: Variables, ...args: string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { cwd: directory, env: only(variables), maxBuffer: 64 * 1024 * 1024 };
    execFile(node, [join(directory, "cli/sis.ts"), ...args], options, (error, stdout, stderr) => {
      const exitCode = error ? Number(error.code ?? 1) : 0;
      try {
        resolve(answerOf(args, exitCode, stdout, stderr));
      } catch (cause) {
        reject(cause);
      }
    });
  });
}

/** @throws Error with what was printed where it should have been one document and is not */
function answerOf(args: readonly string[], exitCode: number, stdout: string, stderr: string): Answer {
  try {
    return { exitCode, stdout, stderr, json: args.includes("--json") ? JSON.parse(stdout) : null };
  } catch {
    throw new Error(`Not one JSON document: ${stdout}\n${stderr}`);
  }
}

/** Starts the command line in a Node with these options and leaves its output to the caller: for more than fits into a test. */
export function startSis(
  variables: Variables,
  nodeOptions: readonly string[],
  ...args: string[]
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(node, [...nodeOptions, join(root, "cli/sis.ts"), ...args], {
    cwd: root,
    env: only(variables),
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export interface WorkerUnderTest {
  readonly process: ChildProcess;
  /** Everything it has logged. */
  readonly lines: string[];
  /** Waits for a line with this event, from now or before. */
  logged(event: string): Promise<string>;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/** Starts a real worker, of another version where its sources are named. Whoever starts one ends it. */
export async function startWorkerProcess(variables: Variables, directory: string = root): Promise<WorkerUnderTest> {
  const args = [...workerArguments.slice(0, -1), join(directory, "worker/index.ts")];
  const child = spawn(node, args, { cwd: directory, env: only(variables), stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const ended = new Promise<number | string>((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown")));
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      for (const look of waiting) look();
    });
  }
  const logged = (event: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = lines.find((line) => line.includes(`"event":"${event}"`));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`The worker ended before it logged ${event}:\n${lines.join("\n")}`)));
    });
  const worker = { process: child, lines, logged, ended };
  await logged("worker-started");
  return worker;
}
