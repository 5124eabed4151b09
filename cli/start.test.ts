import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { freePort } from "./support/free-port.ts";
import { isAlive } from "./support/lock.ts";

const root = join(import.meta.dirname, "..");
const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (let step = cleanUp.pop(); step; step = cleanUp.pop()) await step();
});

interface Started {
  readonly data: string;
  readonly process: ChildProcess;
  output(): string;
}

/** `npm start` in a process group of its own, as a shell or a supervisor has it, on an empty data directory. */
async function startProduct(): Promise<Started> {
  const data = await mkdtemp(join(tmpdir(), "aivo-start-"));
  const child = spawn("npm", ["start"], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, AIVO_DATA_DIR: data, PORT: String(await freePort()), DATABASE_URL: "", NODE_ENV: "production" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  cleanUp.push(async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
    await rm(data, { recursive: true, force: true });
  });
  return { data, process: child, output: () => output };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(20);
}

const serverOf = (data: string) => join(data, "postgres", "postmaster.pid");
const moments: Record<string, (started: Started) => boolean> = {
  "as the database is made": ({ output }) => output().includes("Starting the database"),
  "as the sandbox runs": ({ data }) => existsSync(join(data, "logs", "sandbox.log")),
};

test.each([
  ["SIGTERM", "as the database is made"],
  ["SIGINT", "as the sandbox runs"],
] as const)("%s to the process group %s leaves no PostgreSQL and no process behind", async (signal, moment) => {
  const started = await startProduct();
  await until(() => moments[moment]?.(started) === true);
  const pid = Number(
    await readFile(serverOf(started.data), "utf8").then(
      (text) => text.split("\n")[0],
      () => "0",
    ),
  );
  const closed = new Promise((resolve) => started.process.once("close", resolve));
  process.kill(-(started.process.pid ?? 0), signal);
  // The pipes close when the last process that has them is gone.
  await closed;
  expect(existsSync(serverOf(started.data))).toBe(false);
  expect(isAlive(pid)).toBe(false);
  expect(started.output()).not.toMatch(/Error|ECONNREFUSED/);
});
