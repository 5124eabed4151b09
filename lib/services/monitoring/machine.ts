import { stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What is to be watched of the machine that a process is on. */
export interface Machine {
  /** Free for the data directory; null: it is not there. */
  readonly freeBytes: number | null;
  /** Since `sis backup` last wrote a file with this data directory; null: it has not, or backups are made otherwise. */
  readonly backupAgeSeconds: number | null;
}

export const leastDiskBytes = 2_000_000_000;
export const oldestBackupSeconds = 2 * 86_400;

const stamp = (directory: string) => join(directory, "last-backup");

export async function lookAtMachine(dataDirectory: string): Promise<Machine> {
  const [disk, backup] = await Promise.all([statfs(dataDirectory).catch(() => null), stat(stamp(dataDirectory)).catch(() => null)]);
  return {
    freeBytes: disk && Number(disk.bavail) * Number(disk.bsize),
    backupAgeSeconds: backup && Math.max(0, (Date.now() - backup.mtimeMs) / 1000),
  };
}

/** A backup is written: its time is that of the stamp. One that cannot be stamped is a backup all the same. */
export async function noteBackup(dataDirectory: string): Promise<void> {
  await writeFile(stamp(dataDirectory), "").catch(() => {});
}
