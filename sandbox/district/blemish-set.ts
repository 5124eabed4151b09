import { blemishedClasses, blemishedEnrollments, blemishedUsers, blemishUser } from "./blemishes.ts";
import { columns, type SetFile } from "./columns.ts";
import { columns12, type SetFile12 } from "./columns12.ts";
import type { Habits } from "./habits.ts";

/** Which mistakes are made: in the rows of others, and as rows of their own. */
export interface Mistakes {
  readonly inRows: boolean;
  readonly asRows: boolean;
}

type Rows = Iterable<readonly string[]>;

/** A 1.1 file with its mistakes, where there shall be any. */
export function* blemished({ inRows, asRows }: Mistakes, name: SetFile, rows: Rows): Generator<readonly string[]> {
  for (const row of rows) yield inRows && name === "users" ? blemishUser(row) : row;
  if (asRows) yield* { users: blemishedUsers, classes: blemishedClasses, enrollments: blemishedEnrollments }[name as "users"] ?? [];
}

/** The same mistakes in 1.2: a user's school and role are a row of roles.csv. */
export function* blemished12(mistakes: Mistakes, name: SetFile12, habits: Habits, rows: Rows): Generator<readonly string[]> {
  if (name === "userProfiles") yield* rows;
  else if (name === "roles") {
    yield* rows;
    if (mistakes.asRows)
      for (const user of blemishedUsers) yield columns12("roles", habits).map((column) => blemishedRole(user)[column] ?? "");
  } else if (name === "users") {
    const names = columns12("users", habits);
    for (const row of rows) yield mistakes.inRows ? blemishUser12(names, row) : row;
    if (mistakes.asRows) for (const user of blemishedUsers) yield names.map((column) => cellOf(user, column));
  } else yield* blemished(mistakes, name, rows);
}

const names11: readonly string[] = columns.users;
const cellOf = (user: readonly string[], column: string): string => user[names11.indexOf(column)] ?? "";

function blemishUser12(names: readonly string[], row: readonly string[]): readonly string[] {
  const blemished11 = blemishUser(names11.map((column) => row[names.indexOf(column)] ?? ""));
  return row.map((value, at) => (names11.includes(names[at] ?? "") ? cellOf(blemished11, names[at] ?? "") : value));
}

function blemishedRole(user: readonly string[]): Readonly<Record<string, string>> {
  const userSourcedId = cellOf(user, "sourcedId");
  const orgSourcedId = cellOf(user, "orgSourcedIds");
  return { sourcedId: `${userSourcedId}.role`, userSourcedId, roleType: "primary", role: cellOf(user, "role"), orgSourcedId };
}
