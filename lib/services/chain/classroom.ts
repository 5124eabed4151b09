import { beyondSchools, type ReachScope } from "#lib/platform/access.ts";
import { beside } from "#lib/platform/beside.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { getClassroom } from "#lib/services/classrooms/read.ts";
import type { ClassroomDetail, ClassroomPerson } from "#lib/services/classrooms/schema.ts";
import { getRecordEdits } from "#lib/services/edits/read.ts";
import type { RecordEdits } from "#lib/services/edits/schema.ts";
import { asUuid } from "#lib/services/people/read.ts";
import { readRecordHistory } from "#lib/services/record-history/read.ts";
import type { RecordHistory } from "#lib/services/record-history/schema.ts";
import type { Services } from "#lib/services/services.ts";
import { type Arrival, cameByHand, cameEnrollments, cameOf } from "./came.ts";
import { type Facts, missingOf, readFacts } from "./facts.ts";
import { lostOfLink, lostOfRow } from "./lost.ts";
import { classSentence } from "./place-sentences.ts";
import { rowName } from "./sayers.ts";
import type { CameRow, Lost, Sentence, SideBySide } from "./schema.ts";
import { standingInSis } from "./sis-standing.ts";

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
  const [room, [edits, facts]] = await beside(
    () => getClassroom(services, reach, id),
    () =>
      Promise.all([
        getRecordEdits(services, scope, "classroom", id),
        withDistrict(services.db, scope, (tx) => readFacts(tx, "classroom", asUuid(id))),
      ]),
  );
  const personIds = room.people.map(({ accountId }) => accountId);
  const { rows, lostKeys, ...told } = tellClassroom(room, edits, facts, await missingOf(services, scope, facts, "users", personIds));
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

function tellClassroom(room: ClassroomDetail, edits: RecordEdits, facts: Facts, missing: readonly Lost[]) {
  const { rows, latest, withheld, unplaced, links, values } = facts;
  const kept = edits.edits.find(({ field }) => field === "status");
  const { sis, sisName, keptBy, waits } = standingInSis(rows, withheld, kept ? { by: kept.editedBy } : null);
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
    values,
    lost: [
      ...lost,
      ...links.map((link, nth) => lostOfLink(link, first, nth)),
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
