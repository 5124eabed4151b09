import { beyondSchools, type ReachScope } from "#lib/platform/access.ts";
import { beside } from "#lib/platform/beside.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { getClassroom } from "#lib/services/classrooms/read.ts";
import type { ClassroomDetail, ClassroomPerson } from "#lib/services/classrooms/schema.ts";
import { getRecordEdits } from "#lib/services/edits/read.ts";
import type { RecordEdits } from "#lib/services/edits/schema.ts";
import { readRecordHistory } from "#lib/services/record-history/read.ts";
import type { RecordHistory } from "#lib/services/record-history/schema.ts";
import type { Services } from "#lib/services/services.ts";
import { mostMissing, unplacedEnrollments } from "#lib/services/why/missing.ts";
import { withheldLinks } from "#lib/services/why/standing.ts";
import { leadTo, toldOf } from "#lib/services/why/told.ts";
import { type Arrival, cameByHand, cameEnrollments, cameOf } from "./came.ts";
import { latestRuns } from "./latest-runs.ts";
import { lostEnrollments, lostOfLink, lostOfRow } from "./lost.ts";
import { classSentence } from "./place-sentences.ts";
import { sideBySide } from "./said.ts";
import { rowName, sayersOf } from "./sayers.ts";
import type { CameRow, Lost, Sentence, SideBySide } from "./schema.ts";
import { standingInSis, withheldOf } from "./sis-standing.ts";

/** All that a class's page says. */
export interface ClassroomRecord {
  readonly room: ClassroomDetail;
  readonly edits: RecordEdits;
  readonly sentence: Sentence;
  readonly came: readonly CameRow[];
  readonly values: SideBySide;
  readonly lost: readonly Lost[];
  readonly history: RecordHistory;
}

/**
 * A class as readPersonRecord() tells a person.
 * @throws ServiceError `not-found`
 */
export async function readClassroomRecord(
  services: Pick<Services, "db">,
  reach: ReachScope<"read-roster">,
  id: string,
  page: number,
): Promise<ClassroomRecord> {
  const scope = beyondSchools(reach);
  const [room, edits] = await beside(
    () => getClassroom(services, reach, id),
    () => getRecordEdits(services, scope, "classroom", id),
  );
  const { rows, lostKeys, ...told } = await withDistrict(services.db, scope, (tx) => tellClassroom(tx, room, edits));
  const history = await readRecordHistory(
    services,
    scope,
    {
      recordId: id,
      kind: "classroom",
      createdAt: room.createdAt,
      isByHand: rows.length === 0,
      called: rows,
      lostKeys,
      edits: edits.history,
    },
    page,
  );
  return { room, edits, ...told, history };
}

async function tellClassroom(tx: Tx, room: ClassroomDetail, edits: RecordEdits) {
  const rows = await toldOf(tx, "classes", leadTo(tx, room.id));
  const latest = await latestRuns(
    tx,
    rows.map(({ integrationId }) => integrationId),
  );
  const kept = edits.edits.find(({ field }) => field === "status");
  const { sis, sisName, keptBy, waits } = standingInSis(rows, await withheldOf(tx, room.id), kept ? { by: kept.editedBy } : null);
  const unplaced = (await unplacedEnrollments(tx, null, rows)).slice(0, mostMissing);
  const missing = await lostEnrollments(tx, unplaced, "users", latest, new Set(room.people.map(({ accountId }) => accountId)));
  const lost = missing.filter(({ isDecided }) => !isDecided);
  const first = { id: rows[0]?.integrationId ?? "", name: rows[0]?.integrationName ?? "" };
  const here = room.people.filter(isHere);
  const learners = here.filter(({ role }) => role === "learner").length;
  const archived = edits.history.find(({ action }) => action === "archived");
  const arrival: Arrival =
    room.status === "active"
      ? { what: "Active", state: "ok", since: room.createdAt }
      : { what: room.deactivatedBy === "admin" ? "Archived" : "Deactivated", state: "none", since: room.deactivatedAt };
  const enrollments = cameEnrollments({
    noun: ["enrollment", "enrollments"],
    now: here.length,
    missing: lost.length,
    because: lost[0] === undefined ? null : [lost[0].title, lost[0].short].filter(Boolean).join(" "),
    part: rows[0]?.sourcePart?.endsWith(".csv") ? "enrollments.csv" : null,
    latest: latest.get(first.id),
    arrived: here.length === 0 ? "Nobody" : formatCount(here.length, "person", "people"),
  });
  const own = rows.map((row) => cameOf(row, rowName(row, rows, room.name), latest.get(row.integrationId), arrival));
  return {
    rows,
    sentence: classSentence({
      ...room,
      decidedBy: sis === "kept" ? keptBy : (archived?.actor ?? null),
      learners,
      teachers: here.length - learners,
      missing: lost.length,
      sis,
      sisName,
      waits,
    }),
    came: rows.length === 0 ? [cameByHand(room.name, arrival)] : enrollments === null ? own : [...own, enrollments],
    values: await sideBySide(tx, "classroom", room.id, sayersOf(rows)),
    lost: [
      ...lost,
      ...(await withheldLinks(tx, room.id)).map((link, nth) => lostOfLink(link, first, nth)),
      ...rows.flatMap((row) => lostOfRow(row, latest)),
      ...missing.filter(({ isDecided }) => isDecided),
    ],
    lostKeys: unplaced.flatMap(({ integrationId, externalId, personExternalId }) => [
      { integrationId, key: externalId },
      { integrationId, key: `→${personExternalId}` },
    ]),
  };
}

/** Who counts as being in the class at present. */
export const isHere = ({ status, accountStatus, counts }: Pick<ClassroomPerson, "status" | "accountStatus" | "counts">) =>
  status === "active" && accountStatus === "active" && counts;
