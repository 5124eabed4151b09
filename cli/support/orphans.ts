import { readFileSync, writeFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Child } from "./child.ts";
import { isAlive } from "./lock.ts";

const Processes = z.array(z.object({ pid: z.number(), script: z.string() }));

/** Writes down which processes belong to this start, for the case that it is killed before it can stop them. */
export function recordProcesses(dataDirectory: string, children: readonly Child[]): void {
  const running = children.flatMap((child) => (child.pid === null ? [] : [{ pid: child.pid, script: child.script }]));
  writeFileSync(join(dataDirectory, "processes.json"), JSON.stringify(running));
}

/** Ends what a killed start left running in this data directory. A number that belongs to another program by now is left alone. */
export async function endOrphans(dataDirectory: string): Promise<void> {
  const path = join(dataDirectory, "processes.json");
  const text = await readFile(path, "utf8").catch(() => "[]");
  const recorded = Processes.safeParse(JSON.parse(text || "[]")).data ?? [];
  const orphans = recorded.filter(({ pid, script }) => isAlive(pid) && commandOf(pid).includes(script));
  for (const { pid } of orphans) process.kill(pid, "SIGTERM");
  for (let waitedMs = 0; orphans.some(({ pid }) => isAlive(pid)); waitedMs += 200) {
    if (waitedMs > 10_000) for (const { pid } of orphans) if (isAlive(pid)) process.kill(pid, "SIGKILL");
    await pause(200);
  }
  await rm(path, { force: true });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
