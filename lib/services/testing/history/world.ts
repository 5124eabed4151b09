import { expect } from "vitest";
import type { ClaimedRun } from "#lib/engine/sync/lease.ts";
import type { World } from "#lib/engine/sync/model/delta-histories.ts";
import type { ManualAccount } from "#lib/engine/sync/model/histories.ts";
import { describeModel, loadModel } from "#lib/engine/sync/model/load.ts";
import { describeMirror, namesOf } from "#lib/engine/sync/model/mirror.ts";
import type { Model } from "#lib/engine/sync/model/types.ts";
import type { Applied } from "#lib/engine/sync/model/undo.ts";
import { describeWithheld } from "#lib/engine/sync/model/withheld.ts";
import { newIntegration } from "#lib/engine/testing/sync.ts";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import type { Services } from "#lib/services/services.ts";
import { newDistrict } from "#lib/services/testing/services.ts";
import { exportedRoster } from "#lib/services/testing/undo.ts";
import { readBy, toldApart } from "./apart.ts";

/** Test-only: a run that was applied and can be taken back, the latest last. */
export interface AppliedRun extends Applied {
  readonly run: ClaimedRun;
  /** What an export of the roster was before it; null: nobody asked. */
  readonly exported: string | null;
  /** What the SIS had when it was last read before it; null: it was not. */
  readonly knownBefore: World | null;
  readonly stamps: { readonly before: number; readonly after: number };
}

/** One of a district's two SISs, and the integration that reads it. */
export interface Sis {
  id: string;
  readonly speaks: OneRosterVersion;
  has: World;
  /** As it was last read; changes are told from there. */
  known: World | null;
  runs: AppliedRun[];
  /** Whether a run of it is to be taken back later. */
  isTakenBack: boolean;
}

/** A district, and the model of it, which each step changes alike. */
export interface District {
  readonly services: Services;
  readonly folder: string;
  readonly scope: DistrictScope;
  readonly sis: readonly [Sis, Sis];
  model: Model;
  /** Another one with all that changes the roster, and the one of before once that is taken back. */
  stamp: number;
  lastStamp: number;
  /** Days since the first that was looked at; null: none was. */
  day: number | null;
  /** By how many days the calendar by which roles begin and end is ahead. */
  nights: number;
}

const person = (role: string, givenName: string, fields: Readonly<Record<string, string>>) => ({
  role,
  givenName,
  familyName: "Li",
  orgSourcedIds: "s1",
  ...fields,
});
const enrolled = (classSourcedId: string, userSourcedId: string, role: string) => ({ classSourcedId, userSourcedId, role, primary: "" });

/** What both SISs have at first. Two of its people are told by an address, one by a number, and one by nothing. */
const atFirst: World = {
  orgs: { s1: { name: "North", type: "school", identifier: "1" }, s2: { name: "South", type: "school", identifier: "" } },
  academicSessions: {
    t1: { title: "Fall", type: "term", startDate: "2026-08-01", endDate: "2026-12-20" },
    t2: { title: "Spring", type: "term", startDate: "2027-01-05", endDate: "2027-06-10" },
  },
  courses: { k1: { title: "Algebra" } },
  classes: {
    c1: { title: "A", schoolSourcedId: "s1", termSourcedIds: "t1", courseSourcedId: "k1" },
    c2: { title: "B", schoolSourcedId: "s1", termSourcedIds: "t1,t2", courseSourcedId: "" },
  },
  users: {
    p1: person("student", "Ann", { email: "a@x.example", grades: "03", identifier: "" }),
    p2: person("student", "Bo", { email: "", grades: "03", identifier: "2" }),
    p3: person("teacher", "Bo", { email: "b@x.example", grades: "", identifier: "" }),
    p4: person("student", "Cy", { email: "", grades: "04", identifier: "" }),
  },
  roles: {},
  enrollments: {
    e1: enrolled("c1", "p1", "student"),
    e2: enrolled("c1", "p3", "teacher"),
    e3: enrolled("c2", "p2", "student"),
    e4: { ...enrolled("c2", "p4", "student"), beginDate: "2026-09-01", endDate: "2026-11-30" },
  },
};

/** `speaker`: the SIS that speaks OneRoster 1.2, if one does. */
export async function newWorld(
  services: Services,
  folder: string,
  people: readonly ManualAccount[],
  speaker: 0 | 1 | null,
): Promise<District> {
  const { db } = services;
  const districtId = await newDistrict(db);
  const sisOf = async (speaks: OneRosterVersion): Promise<Sis> => ({
    id: await newReader(services, districtId, speaks),
    speaks,
    has: speaks === "1.2" ? toldApart(atFirst) : atFirst,
    known: null,
    runs: [],
    isTakenBack: false,
  });
  const sis: [Sis, Sis] = [await sisOf(speaker === 0 ? "1.2" : "1.1"), await sisOf(speaker === 1 ? "1.2" : "1.1")];
  const values = people.map((person, n) => ({
    ...person,
    studentNumber: person.role === "learner" ? person.studentNumber : null,
    districtId,
    givenName: "Manual",
    familyName: `${n}`,
  }));
  if (values.length > 0) await db.orm.insert(accounts).values(values);
  const model = { ...(await loadModel(db, districtId)), additionsOnly: [], scopes: {}, decisions: [], withheld: [], removed: [] };
  return { services, folder, scope: operatorScope(districtId), sis, model, stamp: 0, lastStamp: 0, day: null, nights: 0 };
}

/** An integration that reads a SIS which speaks the version. */
export async function newReader(services: Services, districtId: string, speaks: OneRosterVersion): Promise<string> {
  const id = await newIntegration(services.db, districtId);
  if (speaks === "1.2") await readBy(services, id);
  return id;
}

/** What an export of the roster is, where it will be asked for. */
export async function exportBefore({ services, scope, folder }: District, { isTakenBack }: Sis): Promise<string | null> {
  return isTakenBack ? exportedRoster(services, scope.districtId, folder) : null;
}

export function markChanged(world: District): void {
  world.lastStamp += 1;
  world.stamp = world.lastStamp;
}

/** The law of all steps: roster, memory and what waits are what the model says. The model goes on with the ids that the database gave. */
export async function settle(world: District, expected: Model): Promise<void> {
  const { db } = world.services;
  const { districtId } = world.scope;
  const { records, links, integrations } = await loadModel(db, districtId);
  const found = { ...expected, records, links, integrations };
  expect(describeModel(found)).toEqual(describeModel(expected));
  expect(await describeMirror(db, districtId)).toEqual(namesOf(expected.mirror));
  const waits = await db.sql<{ name: string }[]>`
    select concat_ws(' ', integration_id, entity, external_id, field, case when follows is null then '' else 'follows' end,
      case when refused_at is null then '' else 'refused' end) as name
    from withheld_records where district_id = ${districtId}`;
  expect(waits.map(({ name }) => name).sort()).toEqual(describeWithheld(expected));
  world.model = found;
}
