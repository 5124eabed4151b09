import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope, requireSelf } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { getClassroom } from "#lib/services/classrooms/read.ts";
import { listOwnClassrooms } from "#lib/services/people/own.ts";
import { newDistrict } from "./services.ts";

/** Test-only: a zone in which it is about noon, so that no midnight passes in the middle of a test. */
export function noonZone(): string {
  const ahead = 12 - new Date().getUTCHours();
  // The names of these zones count westwards.
  return ahead === 0 ? "Etc/GMT" : `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

/** Test-only: a day so many days from today, in the zone of `aCalendar`. */
export function dayFromNow(days: number): string {
  return new Date(Date.now() + (12 - new Date().getUTCHours()) * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
}

export const term = (id: string, from: number, to: number): RawRow => ({
  sourcedId: id,
  title: id,
  type: "term",
  startDate: dayFromNow(from),
  endDate: dayFromNow(to),
});
export const room = (id: string, terms: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  title: id,
  schoolSourcedId: "north",
  termSourcedIds: terms,
  ...fields,
});
export const user = (id: string, role = "student"): RawRow => ({
  sourcedId: id,
  role,
  givenName: id,
  familyName: "Marsh",
  identifier: id,
  orgSourcedIds: "north",
});
export const seat = (who: string, where: string, fields: RawRow = {}): RawRow => ({
  sourcedId: `${who}-${where}`,
  classSourcedId: where,
  userSourcedId: who,
  role: who === "tess" ? "teacher" : "student",
  ...fields,
});

/** Test-only: a district of a teacher, Tess, and a learner, Lee, in whatever classes and terms the SIS has. */
export async function aCalendar(db: Database, timezone = noonZone()) {
  const districtId = await newDistrict(db);
  await db.sql`update districts set timezone = ${timezone} where id = ${districtId}`;
  const scope = operatorScope(districtId);
  const integration = await newIntegration(db, districtId);
  const sync = (academicSessions: readonly RawRow[], classes: readonly RawRow[], enrollments?: readonly RawRow[]) => {
    const rows: SisState["rows"] = {
      orgs: [{ sourcedId: "north", name: "North High", type: "school", identifier: "17" }],
      academicSessions,
      courses: [],
      classes,
      users: [user("tess", "teacher"), user("lee"), user("ada")],
      enrollments: enrollments ?? classes.flatMap(({ sourcedId = "" }) => [seat("tess", sourcedId), seat("lee", sourcedId)]),
    };
    return syncOnce(db, districtId, integration, { rows });
  };
  const idOf = async (name: string): Promise<string> => {
    const [row] = await db.sql<{ id: string }[]>`
      select record_id as id from source_records where district_id = ${districtId} and external_id = ${name} and record_id is not null`;
    return row?.id ?? "";
  };
  const whenOf = async (name: string) => (await getClassroom({ db }, scope, await idOf(name))).when;
  const home = async (name: string) => {
    const own = requireSelf({ kind: "account", districtId, accountId: await idOf(name), role: "learner" });
    return (await listOwnClassrooms({ db }, own)).map((one) => `${one.name} ${one.when} ${one.sight}`);
  };
  return { districtId, scope, sync, idOf, whenOf, home };
}
