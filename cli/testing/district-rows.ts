import type { RawRow, SisState } from "#lib/engine/testing/sync.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import { blemishedClasses, blemishedEnrollments, blemishedUsers, blemishUser } from "#sandbox/district/blemishes.ts";
import { columns } from "#sandbox/district/columns.ts";
import { csvRows } from "#sandbox/district/csv-rows.ts";
import type { District } from "#sandbox/district/district.ts";

export type Rows = Readonly<Record<Collection, readonly RawRow[]>>;

const files = ["orgs", "academicSessions", "courses", "classes", "users", "enrollments"] as const satisfies readonly Collection[];

/** Test-only: what the sandbox's CSV export says of a district, in the order of its files, without files. */
export function districtRows(district: District, { blemishes = false } = {}): Rows {
  const also: Partial<Record<Collection, readonly (readonly string[])[]>> = blemishes
    ? { users: blemishedUsers, classes: blemishedClasses, enrollments: blemishedEnrollments }
    : {};
  const rowsOf = (file: (typeof files)[number]): RawRow[] => {
    const rows: readonly string[][] = [...csvRows(file, district, null)];
    const all = [...(blemishes && file === "users" ? rows.map(blemishUser) : rows), ...(also[file] ?? [])];
    return all.map((cells) => Object.fromEntries(columns[file].map((name, index) => [name, cells[index] ?? ""])));
  };
  return Object.fromEntries(files.map((file) => [file, rowsOf(file)])) as Record<Collection, RawRow[]>;
}

export const stateOf = (rows: Rows): SisState => ({ rows });
