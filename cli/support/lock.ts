import { readFileSync } from "node:fs";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Takes a lock file, or answers with the process that has it. A file whose process is gone counts for nothing. */
export async function takeLock(
  path: string,
): Promise<{ readonly taken: true; release(): Promise<void> } | { readonly taken: false; readonly pid: number }> {
  await mkdir(dirname(path), { recursive: true });
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, `${process.pid}\n`);
  try {
    for (;;) {
      try {
        await link(aside, path);
        return { taken: true, release: () => rm(path, { force: true }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const pid = Number(await readFile(path, "utf8").catch(() => ""));
      if (isAlive(pid)) return { taken: false, pid };
      await rm(path, { force: true });
    }
  } finally {
    await rm(aside, { force: true });
  }
}

/** Waits for the lock as long as the process that has it lives. */
export async function withLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  for (let waited = false; ; waited = true) {
    const lock = await takeLock(path);
    if (lock.taken) {
      try {
        return await work();
      } finally {
        await lock.release();
      }
    }
    if (!waited) onWait();
    await pause(250);
  }
}

/** Whether a process runs; one that has ended and only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}
