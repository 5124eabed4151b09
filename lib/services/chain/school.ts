import { beyondSchools, type ReachScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { readRecordHistory } from "#lib/services/record-history/read.ts";
import type { RecordHistory } from "#lib/services/record-history/schema.ts";
import { getSchool } from "#lib/services/schools/read.ts";
import type { SchoolDetail } from "#lib/services/schools/schema.ts";
import type { Services } from "#lib/services/services.ts";
import { leadTo, toldOf } from "#lib/services/why/told.ts";
import { cameByHand, cameOf } from "./came.ts";
import { latestRuns } from "./latest-runs.ts";
import { lostOfRow } from "./lost.ts";
import { schoolSentence } from "./place-sentences.ts";
import { sideBySide } from "./said.ts";
import { rowName, sayersOf } from "./sayers.ts";
import type { CameRow, Lost, Sentence, SideBySide } from "./schema.ts";
import { standingInSis } from "./sis-standing.ts";

/** All that a school's page says. */
export interface SchoolRecord {
  readonly school: SchoolDetail;
  readonly sentence: Sentence;
  readonly came: readonly CameRow[];
  readonly values: SideBySide;
  readonly lost: readonly Lost[];
  readonly history: RecordHistory;
}

/**
 * A school as readPersonRecord() tells a person.
 * @throws ServiceError `not-found`
 */
export async function readSchoolRecord(
  services: Pick<Services, "db">,
  reach: ReachScope<"read-roster">,
  id: string,
  page: number,
): Promise<SchoolRecord> {
  const school = await getSchool(services, reach, id);
  const scope = beyondSchools(reach);
  const { rows, ...told } = await withDistrict(services.db, scope, async (tx) => {
    const rows = await toldOf(tx, "orgs", leadTo(tx, id));
    const latest = await latestRuns(
      tx,
      rows.map(({ integrationId }) => integrationId),
    );
    const { sis, sisName } = standingInSis(rows, [], null);
    const isActive = school.status === "active";
    const arrival = isActive
      ? ({ what: "Active", state: "ok", since: school.createdAt } as const)
      : ({ what: "Deactivated", state: "none", since: school.deactivatedAt } as const);
    const { status, learnerCount: learners, teacherCount: teachers, classroomCount: classes } = school;
    return {
      rows,
      sentence: schoolSentence({ status, learners, teachers, classes, sis, sisName }),
      came:
        rows.length === 0
          ? [cameByHand(school.name, arrival)]
          : rows.map((row) => cameOf(row, rowName(row, rows, school.name), latest.get(row.integrationId), arrival)),
      values: await sideBySide(tx, "school", id, sayersOf(rows)),
      lost: rows.flatMap((row) => lostOfRow(row, latest)),
    };
  });
  const about = { recordId: id, kind: "school", createdAt: school.createdAt, isByHand: rows.length === 0, called: rows } as const;
  const history = await readRecordHistory(services, scope, { ...about, lostKeys: [], edits: [] }, page);
  return { school, ...told, history };
}
