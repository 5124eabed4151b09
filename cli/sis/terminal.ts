import type { Command } from "commander";
import type { Variables } from "#cli/support/variables.ts";

/** Where a command was typed. The process has one; a test has one of its own for each command. */
export interface Terminal {
  /** The environment, as it was given. */
  readonly variables: Variables;
  /**
   * Writes to stdout and waits until it is out: `process.exit` would cut a long document off in a pipe.
   * @throws Error EPIPE when the reader has left (isReaderGone)
   */
  write(text: string): Promise<void>;
  /** Writes to stderr. */
  complain(text: string): void;
  /** Remembers what must not outlive the command, however it is ended. */
  beforeLeaving(release: () => Promise<unknown>): void;
}

/** 0: done. 1: failed. 2: nothing failed, but an admin has to decide (a held sync). */
export type ExitCode = 0 | 1 | 2;

/** One command on its way: where it was typed, and what it ends with. */
export interface Invocation {
  readonly terminal: Terminal;
  exitCode: ExitCode;
}

const invocations = new WeakMap<Command, Invocation>();

/** Lets every command below this one find the invocation that it belongs to. */
export function belongsTo(program: Command, invocation: Invocation): void {
  invocations.set(program, invocation);
}

/** @throws Error when the command was not made by cli/sis/command-line.ts */
export function invocationOf(command: Command): Invocation {
  const found = invocations.get(command);
  if (found) return found;
  if (!command.parent) throw new Error(`${command.name()} belongs to no invocation`);
  return invocationOf(command.parent);
}
