import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Child } from "./child.ts";
import { isAlive } from "./lock.ts";

const Processes = z.array(z.object({ pid: z.number(), begun: z.string() }));

/** Writes down which processes belong to this start, for the case that it is killed before it can stop them. */
export function recordProcesses(dataDirectory: string, children: readonly Child[]): void {
  const running = children.flatMap(({ pid }) => (pid === null ? [] : [{ pid, begun: beginningOf(pid) }]));
  writeFileSync(join(dataDirectory, "processes.json"), JSON.stringify(running));
}

/** Ends what a killed start left running in this data directory. A number that belongs to another process by now is left alone. */
export async function endOrphans(dataDirectory: string): Promise<void> {
  const path = join(dataDirectory, "processes.json");
  const text = await readFile(path, "utf8").catch(() => "[]");
  const recorded = Processes.safeParse(parseOrNothing(text)).data ?? [];
  const orphans = recorded.filter(({ pid, begun }) => isAlive(pid) && begun !== "" && beginningOf(pid) === begun).map(({ pid }) => pid);
  for (const pid of orphans) process.kill(pid, "SIGTERM");
  for (let waitedMs = 0; orphans.some(isAlive); waitedMs += 200) {
    if (waitedMs > 10_000) for (const pid of orphans.filter(isAlive)) process.kill(pid, "SIGKILL");
    await pause(200);
  }
  await rm(path, { force: true });
}

/** When a process began, in whatever words the system has for it: with the number it names one process for good. */
function beginningOf(pid: number): string {
  try {
    // Field 22; the name in field 2 may itself hold blanks and brackets.
    if (process.platform === "linux")
      return (
        readFileSync(`/proc/${pid}/stat`, "utf8")
          .replace(/^.*\) /s, "")
          .split(" ")[19] ?? ""
      );
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}
