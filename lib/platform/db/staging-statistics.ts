/*
 * What the planner is told of a staging set, once, when it is made: the statistics of made-up rows. They stay when the rows go, and how
 * many rows there are it sees by the size of the file. So no run changes the catalog to tell it, a set plans alike whoever had it before, and
 * nothing of a district's roster stays behind in pg_statistic.
 */

const rows = 1_000;

/** Of a hundred rows so many have this value; the values of a column in one list. */
const shares: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  entity: share("membership 60, account 30, classroom 7, school 1, term 1, course 1"),
  collection: share("enrollments 60, users 30, classes 7, orgs 1, academicSessions 1, courses 1"),
  action: share("created 40, unchanged 30, updated 20, reactivated 5, merged 5"),
  link: share("kept 60, new 30, moved 5, revived 5"),
  said: share("new 30, changed 30, again 30, same 10"),
  disposition: share("left-out 40, not-rostered 20, withdrawn 20, missing 20"),
  matched_by: share("created 80, email 10, student-number 10"),
  news: share("opened 40, closed 40, changed 20"),
  role: share("learner 85, teacher 15"),
};

/** Of so many rows each names the same. */
const repeats: Readonly<Record<string, number>> = {
  class_external_id: 25,
  classroom_id: 25,
  person_external_id: 7,
  account_id: 7,
  school_external_id: 100,
  school_id: 100,
  course_external_id: 10,
  course_id: 10,
  part: 500,
  reason: 200,
  code: 200,
};

/**
 * Columns that are blank but in few rows. What planning settles of a record before it is placed is among them: the planner has to expect that
 * nearly all are placed.
 */
const mostlyNull = new Set(["conflict", "left_id", "clues", "out_of_scope", "standing", "standing_reason", "goes_with", "keeps_schools"]);

const nowhere = "'00000000-0000-0000-0000-000000000000'";

/**
 * The statements that give a table its statistics and leave it empty. `columns` as in `create table`; `district`: as SQL over `n` of each of
 * `among` whose row it is made up to be.
 */
export function statisticsOf(table: string, columns: string, { district = nowhere, among = "" } = {}): string {
  const each = columns.split(",").map((column) => {
    const [name = "", type = ""] = column.trim().split(" ");
    return { name, value: sampleValue(name, type) };
  });
  const list = each.map(({ name }) => name).join(", ");
  return `insert into ${table} (${list}, district_id)
      select ${each.map(({ value }) => value).join(", ")}, ${district} from generate_series(1, ${rows}) n${among};
    analyze ${table};
    truncate ${table};`;
}

function sampleValue(name: string, type: string): string {
  const shared = shares[name];
  if (shared && type === "text") return oneOf(shared);
  const which = repeats[name] ? `n / ${repeats[name]}` : "n";
  const value = {
    text: `'v' || ${which}`,
    uuid: `md5((${which})::text)::uuid`,
    int: "n",
    bigint: "n",
    date: "'2000-01-01'::date + n",
    boolean: "n % 10 = 0",
  }[type];
  if (value === undefined) return "null";
  return mostlyNull.has(name) ? `case when n % 20 = 0 then ${value} end` : value;
}

function oneOf(values: readonly (readonly [string, number])[]): string {
  let from = 0;
  const cases = values.map(([value, percent]) => {
    from += percent;
    return `when n % 100 < ${from} then '${value}'`;
  });
  return `case ${cases.join(" ")} end`;
}

/** "a 60, b 40" as values with their shares. */
function share(text: string): readonly (readonly [string, number])[] {
  return text.split(", ").map((one) => {
    const [value = "", percent = "0"] = one.split(" ");
    return [value, Number(percent)];
  });
}
