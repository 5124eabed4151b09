import { beyondSchools, type ReachScope } from "#lib/platform/access.ts";
import { beside } from "#lib/platform/beside.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import { getRecordEdits } from "#lib/services/edits/read.ts";
import type { RecordEdits } from "#lib/services/edits/schema.ts";
import { asUuid, getPerson } from "#lib/services/people/read.ts";
import type { PersonClassroom, PersonDetail, PersonRole } from "#lib/services/people/schema.ts";
import { readRecordHistory } from "#lib/services/record-history/read.ts";
import type { RecordHistory } from "#lib/services/record-history/schema.ts";
import type { Services } from "#lib/services/services.ts";
import type { Told } from "#lib/services/why/told.ts";
import { type Arrival, cameByHand, cameEnrollments, cameOf } from "./came.ts";
import { type Facts, missingOf, readFacts } from "./facts.ts";
import type { LatestRun } from "./latest-runs.ts";
import { lostOfLink, lostOfRow } from "./lost.ts";
import { personSentence } from "./person-sentence.ts";
import { rowName } from "./sayers.ts";
import type { CameRow, Lost, Sentence, SideBySide } from "./schema.ts";
import { type SisStanding, standingInSis } from "./sis-standing.ts";

/** All that a person's page says. */
export interface PersonRecord {
  readonly person: PersonDetail;
  readonly edits: RecordEdits;
  readonly sentence: Sentence;
  readonly came: readonly CameRow[];
  readonly values: SideBySide;
  readonly lost: readonly Lost[];
  readonly history: RecordHistory;
}

/**
 * A teacher or learner as they are in Aivo and on the way there: the chain from each SIS, what each says, what did not come through, and
 * what happened. `page`: of the history.
 * @throws ServiceError `not-found`
 */
export async function readPersonRecord(
  services: Pick<Services, "db">,
  reach: ReachScope<"read-roster">,
  role: PersonRole,
  id: string,
  page: number,
): Promise<PersonRecord> {
  const scope = beyondSchools(reach);
  const [person, [edits, facts]] = await beside(
    () => getPerson(services, reach, role, id),
    () =>
      Promise.all([
        getRecordEdits(services, scope, "account", id),
        withDistrict(services.db, scope, (tx) => readFacts(tx, "account", asUuid(id), role === "teacher")),
      ]),
  );
  const classIds = person.classrooms.map((room) => room.id);
  const { rows, lostKeys, ...told } = tellPerson(person, edits, facts, await missingOf(services, scope, facts, "classes", classIds));
  const history = await readRecordHistory(
    services,
    scope,
    {
      recordId: id,
      kind: "person",
      createdAt: person.createdAt,
      isByHand: rows.length === 0,
      called: rows,
      lostKeys,
      edits: edits.history,
    },
    page,
  );
  return { person, edits, ...told, history };
}

function tellPerson(person: PersonDetail, edits: RecordEdits, facts: Facts, missing: readonly Lost[]) {
  const { rows, latest, withheld, unplaced, links, values } = facts;
  const kept = edits.edits.find(({ field }) => field === "status");
  const standing = standingInSis(rows, withheld, kept ? { by: kept.editedBy } : null);
  const first = { id: rows[0]?.integrationId ?? "", name: rows[0]?.integrationName ?? "" };
  const lost = [
    ...missing.filter(({ isDecided }) => !isDecided),
    ...links.map((link, nth) => lostOfLink(link, first, nth)),
    ...rows.flatMap((row) => lostOfRow(row, latest)),
    ...missing.filter(({ isDecided }) => isDecided),
  ];
  const email = emailOf(person, facts);
  return {
    rows,
    sentence: sentenceOf(person, edits, standing, missing, email),
    came: cameRows(person, rows, latest, missing, email),
    values,
    lost,
    lostKeys: unplaced.flatMap(({ integrationId, externalId, classExternalId }) => [
      { integrationId, key: externalId },
      { integrationId, key: `→${classExternalId}` },
    ]),
  };
}

function emailOf({ email, status }: PersonDetail, { sharesEmail }: Facts): "own" | "none" | "shared" {
  if (email === null) return "none";
  return status === "active" && sharesEmail ? "shared" : "own";
}

const inUse = (rooms: readonly PersonClassroom[], when: PersonClassroom["when"]) =>
  rooms.filter((room) => room.status === "active" && room.classroomStatus === "active" && room.when === when).length;
const undecided = (missing: readonly Lost[]) => missing.filter(({ isDecided }) => !isDecided);

function sentenceOf(
  person: PersonDetail,
  edits: RecordEdits,
  { sis, sisName, keptBy, waits }: SisStanding,
  missing: readonly Lost[],
  email: "own" | "none" | "shared",
): Sentence {
  const decision = edits.history.find(({ action }) =>
    (person.barredAt !== null && person.status === "active" ? ["barred"] : ["deactivated"]).includes(action),
  );
  const lost = undecided(missing);
  return personSentence({
    name: person.givenName || person.familyName,
    role: person.role,
    status: person.status,
    deactivatedBy: person.deactivatedBy,
    decidedBy: sis === "kept" ? keptBy : (decision?.actor ?? null),
    isBarred: person.barredAt !== null,
    email,
    sis,
    sisName,
    classes: { now: inUse(person.classrooms, "now"), upcoming: inUse(person.classrooms, "upcoming"), missing: lost.length },
    missingBecause: lost[0]?.short ?? null,
    waits,
    edited: edits.edits.filter(({ field }) => field !== "status").map(({ label }) => label),
  });
}

function cameRows(
  person: PersonDetail,
  rows: readonly Told[],
  latest: ReadonlyMap<string, LatestRun>,
  missing: readonly Lost[],
  email: "own" | "none" | "shared",
): readonly CameRow[] {
  const arrival = arrivalOf(person, email);
  const name = fullName({ ...person, middleName: null });
  const own = rows.map((row) => cameOf(row, rowName(row, rows, name), latest.get(row.integrationId), arrival));
  if (person.status === "deactivated") return rows.length === 0 ? [cameByHand(name, arrival)] : own;
  const now = inUse(person.classrooms, "now");
  const lost = undecided(missing);
  const [first] = lost;
  const enrollments = cameEnrollments({
    noun: ["class", "classes"],
    now,
    missing: lost.length,
    because: first === undefined ? null : first.short === null ? first.title : `${lowerFirst(first.title)} ${first.short}`,
    part: rows[0]?.sourcePart?.endsWith(".csv") ? "enrollments.csv" : null,
    latest: latest.get(rows[0]?.integrationId ?? ""),
    arrived: now === 0 ? "In no class" : `In ${now === 1 ? "1 class" : `${now} classes`}`,
  });
  if (rows.length === 0) return [cameByHand(name, arrival)];
  return enrollments === null ? own : [...own, enrollments];
}

function arrivalOf({ status, barredAt, deactivatedAt, createdAt }: PersonDetail, email: "own" | "none" | "shared"): Arrival {
  if (status === "deactivated") return { what: "Deactivated", state: "none", since: deactivatedAt };
  if (barredAt !== null) return { what: "Barred from signing in", state: "none", since: barredAt };
  if (email !== "own")
    return { what: email === "none" ? "Active, without an email" : "Active, with a shared email", state: "ok", since: createdAt };
  return { what: "Can sign in", state: "ok", since: createdAt };
}

const lowerFirst = (text: string) => (text.startsWith("Class ") ? `c${text.slice(1)}` : text);
