import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

export interface ChildOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  /** The child's first message over IPC, if it sends any. */
  readonly onMessage?: (message: unknown) => void;
  /** After each start that follows a crash. */
  readonly onRestart?: () => void;
  /** Told what happened to the child: "ended with code 1; starting it again in 2 s". */
  readonly onTrouble: (what: string, lastLines: readonly string[]) => void;
}

const backoffSeconds = [1, 2, 5, 10, 30] as const;
/** A child that ran this long had a good start: the next crash counts as the first. */
const settledMs = 60_000;

/**
 * A Node process that belongs to `npm start`: starting → running → (crashed → starting after a pause)… → stopping → gone.
 * It is in a session of its own, because Ctrl-C in a terminal would stop everything at once instead of in order.
 */
export class Child {
  readonly #options: ChildOptions;
  readonly #log: WriteStream;
  #process: ChildProcess | null = null;
  #restart: NodeJS.Timeout | null = null;
  #crashes = 0;
  #isStopping = false;
  #lastLines: string[] = [];

  constructor(options: ChildOptions) {
    this.#options = options;
    mkdirSync(dirname(options.logFile), { recursive: true });
    this.#log = createWriteStream(options.logFile, { flags: "a", mode: 0o600 });
    this.#launch();
  }

  get name(): string {
    return this.#options.name;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** Asks the child to end, and ends it by force after `graceMs`. Resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    if (this.#restart) clearTimeout(this.#restart);
    const child = this.#process;
    if (child) {
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      const force = setTimeout(() => child.kill("SIGKILL"), graceMs);
      child.kill("SIGTERM");
      await gone;
      clearTimeout(force);
    }
    await new Promise<void>((resolve) => this.#log.end(resolve));
  }

  kill(): void {
    this.#isStopping = true;
    this.#process?.kill("SIGKILL");
  }

  #launch(): void {
    const startedAt = Date.now();
    const child = spawn(process.execPath, [...this.#options.args], {
      env: this.#options.variables as NodeJS.ProcessEnv,
      detached: true,
      stdio: this.#options.onMessage ? ["ignore", "pipe", "pipe", "ipc"] : ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#write(line));
    if (this.#options.onMessage) child.on("message", this.#options.onMessage);
    child.on("error", (error) => this.#write(`could not be started: ${error.message}`));
    child.on("exit", (code, signal) => {
      this.#process = null;
      if (this.#isStopping) return;
      this.#crashes = Date.now() - startedAt > settledMs ? 1 : this.#crashes + 1;
      const seconds = backoffSeconds[Math.min(this.#crashes, backoffSeconds.length) - 1] ?? 30;
      this.#options.onTrouble(`ended (${signal ?? `code ${code}`}); starting it again in ${seconds} s`, this.#lastLines.splice(0));
      this.#restart = setTimeout(() => {
        this.#launch();
        this.#options.onRestart?.();
      }, seconds * 1000);
    });
  }

  #write(line: string): void {
    // A line of the product's own log says when, and stays a JSON document.
    const stamped = line.startsWith("{") ? line : `${new Date().toISOString()} ${line}`;
    if (!this.#log.writableEnded) this.#log.write(`${stamped}\n`);
    this.#lastLines = [...this.#lastLines.slice(-7), line];
  }
}
