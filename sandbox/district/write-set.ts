import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { blemished, blemished12 } from "./blemish-set.ts";
import { dateOf } from "./calendar.ts";
import { columns, setFiles, ungradedFiles } from "./columns.ts";
import { columns12, manifestFiles12, type SetFile12, setFiles12 } from "./columns12.ts";
import { CsvFile } from "./csv-file.ts";
import { csvPersonIds } from "./csv-ids.ts";
import { type ChangedOn, csvRows } from "./csv-rows.ts";
import { csvRows12 } from "./csv-rows12.ts";
import { advanceTo } from "./days.ts";
import { District } from "./district.ts";
import type { Habits, Version } from "./habits.ts";
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
  /** 1.1 unless said otherwise. */
  readonly version?: Version;
  readonly habits?: Habits;
}

/** Rows per file. */
export type SetCounts = Readonly<Partial<Record<SetFile12, number>>>;

/** Writes a OneRoster CSV set. The same options give the same bytes. */
export function writeSet(options: SetOptions): SetCounts {
  mkdirSync(options.directory, { recursive: true });
  const district = options.district ?? districtOn(options.shape, options.day);
  const written = options.version === "1.2" ? files12(options, district) : files11(options, district);
  const counts: Partial<Record<SetFile12, number>> = {};
  for (const { name, columns: header, rows } of written) {
    const file = new CsvFile(join(options.directory, `${name}.csv`), header);
    for (const row of rows) file.write(row);
    // In 1.2 a file without rows is not a file.
    if (options.version === "1.2" && file.rows === 0) file.discard();
    else file.close();
    counts[name] = file.rows;
  }
  writeManifest(options, counts);
  return counts;
}

interface WrittenFile {
  readonly name: SetFile12;
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly string[]>;
}

function changedOn({ mode, day, shape }: SetOptions): ChangedOn {
  return mode === "delta" ? { day, stamp: new Date(dateOf(shape, day).getTime() + 3 * 3_600_000).toISOString() } : null;
}

function files11(options: SetOptions, district: District): readonly WrittenFile[] {
  const personId = csvPersonIds(district, "1.1", options.habits ?? {});
  return setFiles.map((name) => ({
    name,
    columns: columns[name],
    rows: blemished(mistakes(options), name, csvRows(name, district, changedOn(options), personId)),
  }));
}

function files12(options: SetOptions, district: District): readonly WrittenFile[] {
  const { habits = {}, day, shape } = options;
  const before = options.mode === "delta" && day > 0 ? districtOn(shape, day - 1) : null;
  const writing = { district, habits, before, changedOn: changedOn(options) };
  return setFiles12(habits).map((name) => ({
    name,
    columns: columns12(name, habits),
    rows: blemished12(mistakes(options), name, habits, csvRows12(name, writing)),
  }));
}

/** Which mistakes are made: rows that are one stand in bulk sets alone. */
function mistakes({ blemishes, mode }: SetOptions) {
  return { inRows: blemishes, asRows: blemishes && mode === "bulk" };
}

function districtOn(shape: Shape, day: number): District {
  const district = District.opened(shape);
  advanceTo(district, day);
  return district;
}

function writeManifest(options: SetOptions, counts: SetCounts): void {
  const { version = "1.1", habits = {} } = options;
  const file = new CsvFile(join(options.directory, "manifest.csv"), ["propertyName", "value"]);
  file.write(["manifest.version", "1.0"]);
  file.write(["oneroster.version", habits.manifestVersion ?? version]);
  const names: readonly string[] = version === "1.2" ? manifestFiles12 : [...setFiles, ...ungradedFiles];
  const has: Readonly<Record<string, number>> = counts;
  const isThere = (name: string) => (version === "1.2" ? (has[name] ?? 0) > 0 : has[name] !== undefined);
  for (const name of [...names].sort()) file.write([`file.${name}`, isThere(name) ? options.mode : "absent"]);
  file.write(["source.systemName", "Cedar Falls Student Information System"]);
  file.write(["source.systemCode", "CFSIS"]);
  file.close();
}
