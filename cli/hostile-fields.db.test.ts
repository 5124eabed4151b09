/** Every field of every provider, hostile in turn, through a whole sync: what was sane beside it is rostered, and nothing gets out that should not. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { type CsvCell, csvLine } from "#lib/platform/csv/write.ts";
import { safetyOff } from "#lib/roster/guard/settings.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { exportPeople } from "#lib/services/people/export.ts";
import { PeopleFilter } from "#lib/services/people/schema.ts";
import { exportPerson } from "#lib/services/retention/export-person.ts";
import { exportChanges } from "#lib/services/runs/changes.ts";
import { exportIssues } from "#lib/services/runs/issues.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, type TestServices, testServices } from "#lib/services/testing/services.ts";
import { unzip } from "#lib/services/testing/unzip.ts";
import { type Ended, executeHere } from "./testing/execute-run.ts";
import { cellsOf, isFormula } from "./testing/hostile/csv-cells.ts";
import { type HostileSis, hostileClever, hostileCsv, hostileOneRoster } from "./testing/hostile/servers.ts";
import { sign } from "./testing/hostile/values.ts";

/** Of each provider; `npm run test:hostile` sends many more. */
const records = Number(process.env.AIVO_HOSTILE_RECORDS ?? 2_600);
const seed = Number(process.env.AIVO_SEED);
/** More records take longer; a bound for what hangs, not a measure. */
const timeout = 120_000 + records * 60;

let folder: string;
let kit: TestServices;
let all: readonly HostileSis[];
let sent = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aivo-hostile-fields-"));
  const clever = await hostileClever(records, seed);
  all = [
    clever,
    await hostileOneRoster("oneroster-rest", records, seed + 100),
    await hostileOneRoster("classlink", records, seed + 200),
    await hostileCsv(folder, records, seed + 300),
    await hostileOneRoster("oneroster-rest", records, seed + 400, "1.2"),
    await hostileCsv(folder, records, seed + 500, "1.2"),
  ];
  const AIVO_TRUSTED_SIS_ORIGINS = all.map(({ origin }) => origin).join(",");
  kit = await testServices({ variables: { AIVO_DATA_DIR: join(folder, "data"), AIVO_TRUSTED_SIS_ORIGINS, ...clever.variables } });
});

afterAll(async () => {
  await kit.close();
  for (const sis of all) await sis.close();
  await rm(folder, { recursive: true, force: true });
  console.log(`${sent.toLocaleString("en-US")} hostile records of ${all.length} kinds, drawn from AIVO_SEED=${seed}`);
});

/** What the work writes to the log, which is the standard output. */
async function logOf<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly log: string }> {
  const { write } = process.stdout;
  let log = "";
  process.stdout.write = (text: string | Uint8Array) => {
    log += String(text);
    return true;
  };
  try {
    return { value: await work(), log };
  } finally {
    process.stdout.write = write;
  }
}

async function sync(districtId: string, integrationId: string): Promise<Ended> {
  const requested = await requestRun(kit.services, operatorScope(districtId), integrationId, { trigger: "manual" });
  if (!requested.ok) throw new Error(`not requested: ${requested.reason}`);
  return executeHere(kit, join(folder, "spool"), districtId, requested.runId);
}

/** Everything of the district's roster and mirror, but when it was looked at. */
async function everything(districtId: string): Promise<string> {
  const parts = await Promise.all(
    ["schools", "terms", "courses", "classrooms", "accounts", "memberships", "issues"].map(
      (table) => kit.services.db.sql`
        select coalesce(string_agg(md5((to_jsonb(t) - array['updated_at', 'seen_number', 'last_seen_number'])::text), ',' order by t::text), '') as sum
        from ${kit.services.db.sql(table)} t where district_id = ${districtId}`,
    ),
  );
  return parts.map(([row]) => row?.sum).join("|");
}

test.each(["clever", "oneroster-rest", "classlink", "oneroster-csv", "oneroster-rest 1.2", "oneroster-csv 1.2"] as const)(
  "%s",
  async (way) => {
    const sis = all.find((one) => one.way === way);
    if (sis === undefined) throw new Error("no server");
    const { provider } = sis;
    const { sql } = kit.services.db;
    const district = await newDistrict(kit.services.db);
    const scope = operatorScope(district);
    const settings = { name: provider, provider, credentials: sis.credentials, schedule: null, safety: safetyOff };
    const { id } = await addIntegration(kit.services, scope, settings);
    const { value: first, log } = await logOf(() => sync(district, id));
    sent += sis.hostile;

    expect([first.state, first.failure]).toEqual(["succeeded", null]);
    expect(log).not.toContain(sign);
    expect(log).not.toContain("lakeside.example");

    // What was sane is there, whole.
    const people = await sql`
    select a.given_name, a.family_name, a.role, a.status, array_length(a.school_ids, 1) as schools, count(m.id)::int as classes
    from accounts a left join memberships m on m.district_id = a.district_id and m.account_id = a.id and m.status = 'active'
      and m.classroom_id in (select c.id from classrooms c where c.district_id = a.district_id and c.name = 'Class sane-class')
    where a.district_id = ${district} and a.given_name = 'Sane' group by a.district_id, a.id order by a.family_name`;
    expect(people.map((row) => ({ ...row }))).toEqual(
      [
        ["Person sane-one", "learner"],
        ["Person sane-teacher", "teacher"],
        ["Person sane-two", "learner"],
      ].map(([family_name, role]) => ({ given_name: "Sane", family_name, role, status: "active", schools: 1, classes: 1 })),
    );
    const [{ many } = { many: 0 }] = await sql`select count(*)::int as many from accounts where district_id = ${district}`;
    // By 1.2 a person is hostile in two rows.
    expect(many).toBeGreaterThan(records / 6);

    await expectBounds(district);
    await expectNoFormula(district, first.id);

    // The same bytes again are no news to anybody.
    const before = await everything(district);
    const second = await sync(district, id);
    expect([second.state, second.failure]).toEqual(["succeeded", null]);
    const moved = await sql`select entity, action, reason from run_changes where run_id = ${second.id} limit 5`;
    expect(moved.map((row) => ({ ...row }))).toEqual([]);
    expect(await everything(district)).toBe(before);

    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.keys(Array.prototype)).toEqual([]);
  },
  timeout,
);

/** What is stored is no longer than it may be, and is shown as it is: no controls, no unseen ends. */
async function expectBounds(districtId: string): Promise<void> {
  const { sql } = kit.services.db;
  const columns = await sql<{ table: string; column: string }[]>`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' and data_type = 'text'
      and table_name in ('schools', 'terms', 'courses', 'classrooms', 'accounts', 'memberships', 'source_records', 'issues')`;
  expect(columns.length).toBeGreaterThan(20);
  const over: string[] = [];
  for (const { table, column } of columns) {
    const [row] = await sql`
      select coalesce(max(char_length(${sql(column)})), 0)::int as longest, count(*) filter (where ${sql(column)} ~ '[\\x01-\\x1f\\x7f]')::int as controls
      from ${sql(table)} where district_id = ${districtId}`;
    const mayQuote = table === "issues" && (column === "value" || column === "key" || column === "kept");
    const isId = column.includes("external_id") || column === "record_id";
    if (row?.longest > (mayQuote ? 600 : 255)) over.push(`${table}.${column} has ${row?.longest} characters`);
    if (row?.controls > 0 && ["schools", "terms", "courses", "classrooms"].includes(table) && column === "name" && !isId)
      over.push(`${table}.${column} has controls`);
  }
  const [names] = await sql`
    select count(*)::int as many from accounts
    where district_id = ${districtId} and (given_name || family_name || coalesce(middle_name, '')) ~ '[\\x01-\\x1f\\x7f]'`;
  expect([over, names?.many]).toEqual([[], 0]);
}

/** Every file that people get: no cell of it begins as a formula does, in any width. */
async function expectNoFormula(districtId: string, runId: string): Promise<void> {
  const scope = operatorScope(districtId);
  const files: Record<string, string> = {};
  const lines = (name: string) => async (rows: readonly (readonly CsvCell[])[]) => {
    files[name] = (files[name] ?? "") + rows.map((row) => csvLine(row, "forPeople")).join("");
  };
  const texts = (value: unknown): string[] =>
    typeof value === "string" ? [value] : typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
  const write = (name: string) => (rows: readonly unknown[]) => lines(name)(rows.map((row) => texts(row)));
  for (const role of ["teacher", "learner"] as const)
    await exportPeople(kit.services, scope, role, PeopleFilter.parse({ status: "all" }), write(role));
  await exportIssues(kit.services, scope, runId, { sort: "found", page: 1 }, write("issues"));
  await exportChanges(kit.services, scope, runId, { page: 1 }, write("changes"));
  const formulas = await kit.services.db.sql<{ id: string }[]>`
    select id from accounts where district_id = ${districtId} and family_name || given_name || coalesce(username, '') ~ '[=＝]' limit 3`;
  expect(formulas.length).toBeGreaterThan(0);
  for (const { id } of formulas) Object.assign(files, await unzip(await buffer(await exportPerson(kit.services, scope, id))));
  for (const [name, text] of Object.entries(files)) {
    if (name.endsWith(".json")) continue;
    const cells = cellsOf(text.replace(/^\ufeff/, ""));
    expect(cells.filter(isFormula).slice(0, 3), name).toEqual([]);
  }
  expect(Object.values(files).join("")).toContain("'=1+1");
  expect(Object.values(files).join("")).toContain("'＝HYPERLINK");
}
