import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { blemishedClasses, blemishedEnrollments, blemishedUsers, blemishUser } from "./blemishes.ts";
import { dateOf } from "./calendar.ts";
import { columns, type SetFile, setFiles, ungradedFiles } from "./columns.ts";
import { CsvFile } from "./csv-file.ts";
import { csvRows } from "./csv-rows.ts";
import { advanceTo } from "./days.ts";
import { District } from "./district.ts";
import type { Shape } from "./shape.ts";

export interface SetOptions {
  readonly shape: Shape;
  /** 0: the first day of school. */
  readonly day: number;
  /** delta: only what this day changed. */
  readonly mode: "bulk" | "delta";
  readonly directory: string;
  /** With the handful of mistakes that every real export has. */
  readonly blemishes: boolean;
  /** The district at that day, where somebody has it already. */
  readonly district?: District;
}

/** Rows per file. */
export type SetCounts = Readonly<Partial<Record<SetFile, number>>>;

/** Writes a OneRoster 1.1 CSV set. The same options give the same bytes. */
export function writeSet(options: SetOptions): SetCounts {
  mkdirSync(options.directory, { recursive: true });
  const district = options.district ?? districtOn(options.shape, options.day);
  const counts: Partial<Record<SetFile, number>> = {};
  for (const name of setFiles) {
    const file = new CsvFile(join(options.directory, `${name}.csv`), columns[name]);
    writeRows(options, district, name, file);
    file.close();
    counts[name] = file.rows;
  }
  writeManifest(options);
  return counts;
}

function writeRows({ mode, day, shape, blemishes }: SetOptions, district: District, name: SetFile, file: CsvFile): void {
  const changedOn = mode === "delta" ? { day, stamp: new Date(dateOf(shape, day).getTime() + 3 * 3_600_000).toISOString() } : null;
  for (const row of csvRows(name, district, changedOn)) file.write(blemishes && name === "users" ? blemishUser(row) : row);
  if (!blemishes || mode === "delta") return;
  for (const row of { users: blemishedUsers, classes: blemishedClasses, enrollments: blemishedEnrollments }[name as "users"] ?? [])
    file.write(row);
}

function districtOn(shape: Shape, day: number): District {
  const district = District.opened(shape);
  advanceTo(district, day);
  return district;
}

function writeManifest(options: SetOptions): void {
  const file = new CsvFile(join(options.directory, "manifest.csv"), ["propertyName", "value"]);
  file.write(["manifest.version", "1.0"]);
  file.write(["oneroster.version", "1.1"]);
  const modes = [...setFiles.map((name) => [name, options.mode] as const), ...ungradedFiles.map((name) => [name, "absent"] as const)];
  for (const [name, mode] of modes.sort(([a], [b]) => (a < b ? -1 : 1))) file.write([`file.${name}`, mode]);
  file.write(["source.systemName", "Cedar Falls Student Information System"]);
  file.write(["source.systemCode", "CFSIS"]);
  file.close();
}
