import { afterAll, expect, test } from "vitest";
import { workerScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { listAudit } from "#lib/services/audit-log/read.ts";
import { AuditFilter } from "#lib/services/audit-log/schema.ts";
import { listClassrooms } from "#lib/services/classrooms/read.ts";
import { ClassroomsFilter } from "#lib/services/classrooms/schema.ts";
import { aCalendar, dayFromNow, room, seat, term } from "#lib/services/testing/calendar.ts";
import { testServices } from "#lib/services/testing/services.ts";
import { forgetOldDays } from "./forget.ts";
import { listSchoolDays } from "./read.ts";
import { sentencesOf } from "./schema.ts";
import { turnDay, turnDays } from "./turn-days.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const fall = term("Fall", -100, -1);
const spring = term("Spring", 0, 100);

/** The district's days of the last fortnight, and what of them stands in the audit log. */
async function told({ scope }: Pick<Awaited<ReturnType<typeof aCalendar>>, "scope">) {
  const days = await listSchoolDays(services, scope, 14);
  const { rows } = await listAudit(services, scope, AuditFilter.parse({ action: "classes-turned" }));
  return { days, sentences: days.flatMap(sentencesOf), audited: rows.map(({ details }) => details) };
}
const turn = (districtId: string, day: string) => withDistrict(db, workerScope(districtId), (tx) => turnDay(tx, day));

test("what begins and ends on a day is noted once, whoever looks, and nothing of the roster changes", async () => {
  const district = await aCalendar(db);
  const quiet = await aCalendar(db);
  await district.sync(
    [fall, spring, term("Year", -100, 100), term("Long ago", -200, -150), term("Quarter", -50, -1)],
    [room("A", "Fall"), room("B", "Fall"), room("C", "Spring"), room("D", "Fall,Spring"), room("E", "Long ago"), room("F", "Year,Quarter")],
    [
      seat("lee", "A"),
      // With the class, whatever its dates are.
      seat("ada", "A", { endDate: dayFromNow(-1) }),
      seat("lee", "F", { endDate: dayFromNow(-1) }),
      seat("ada", "F", { beginDate: dayFromNow(0) }),
      seat("tess", "F", { endDate: dayFromNow(0) }),
    ],
  );
  const before =
    await db.sql`select roster_revision, (select max(updated_at) from classrooms) as latest from districts where id = ${district.districtId}`;
  const looked = await Promise.all([turnDays(services), turnDays(services), turnDays(services)]);
  expect(looked.flatMap(({ failed }) => failed)).toEqual([]);
  expect(looked.flatMap(({ turned }) => turned)).toEqual([
    { districtId: district.districtId, day: dayFromNow(0), classrooms: 3, memberships: 2 },
  ]);
  expect(await turnDays(services)).toEqual({ turned: [], failed: [] });
  expect(
    await db.sql`select roster_revision, (select max(updated_at) from classrooms) as latest from districts where id = ${district.districtId}`,
  ).toEqual(before);

  const { days, sentences, audited } = await told(district);
  expect(days).toMatchObject([{ day: dayFromNow(0), previousDay: dayFromNow(-1), classroomsBegan: 1, classroomsEnded: 2 }]);
  expect(sentences.map((sentence) => sentence.replace(/ on .*?:/, ":"))).toEqual([
    "Fall ended: 2 classrooms are archived.",
    "Spring began: 1 classroom is open.",
    "1 membership began by a date of its own.",
    "1 membership ended by a date of its own.",
  ]);
  expect(audited).toEqual([
    {
      day: dayFromNow(0),
      classrooms: { began: 1, ended: 2 },
      memberships: { began: 1, ended: 1 },
      terms: [
        { name: "Fall", turn: "ended", classrooms: 2 },
        { name: "Spring", turn: "began", classrooms: 1 },
      ],
    },
  ]);
  const { rows } = await listClassrooms(services, district.scope, ClassroomsFilter.parse({ turned: dayFromNow(0) }));
  expect(rows.map(({ name, when }) => `${name} ${when}`)).toEqual(["A ended", "B ended", "C now"]);
  expect(await told(quiet)).toEqual({ days: [], sentences: [], audited: [] });
});

test("days on which nobody looked are noted with the next, and a term that moves is noted again on its new day", async () => {
  const district = await aCalendar(db);
  const classes = [room("A", "Fall")];
  await district.sync([{ ...fall, endDate: dayFromNow(-6) }], classes);
  expect(await turn(district.districtId, dayFromNow(-8))).toBeNull();
  // -7 to -4 go by without a worker.
  expect(await turn(district.districtId, dayFromNow(-3))).toMatchObject({ classrooms: 1 });
  expect(await turn(district.districtId, dayFromNow(-3))).toBeNull();
  // The clock of the district went back, as when its time zone is changed.
  expect(await turn(district.districtId, dayFromNow(-4))).toBeNull();
  await district.sync([{ ...fall, endDate: dayFromNow(-2) }], classes);
  expect(await turn(district.districtId, dayFromNow(-2))).toBeNull();
  expect(await turn(district.districtId, dayFromNow(-1))).toMatchObject({ classrooms: 1 });
  const { days } = await told(district);
  expect(days.map(({ day, previousDay, classroomsEnded }) => [day, previousDay, classroomsEnded])).toEqual([
    [dayFromNow(-1), dayFromNow(-2), 1],
    [dayFromNow(-3), dayFromNow(-8), 1],
  ]);
});

test("each district has its own day", async () => {
  const [east, west] = [await aCalendar(db, "Pacific/Kiritimati"), await aCalendar(db, "Pacific/Pago_Pago")];
  await turnDays(services);
  const rows = await db.sql<{ day: string; own: boolean }[]>`
    select s.day::text as day, s.day = (now() at time zone d.timezone)::date as own
    from school_days s join districts d on d.id = s.district_id
    where d.id in (${east.districtId}, ${west.districtId}) order by s.day`;
  expect(rows.map(({ own }) => own)).toEqual([true, true]);
  expect(rows[0]?.day).not.toBe(rows[1]?.day);
});

test("what is archived by hand or deactivated does not turn, and old days go with the history", async () => {
  const district = await aCalendar(db);
  await district.sync([fall], [room("A", "Fall"), room("B", "Fall")]);
  await db.sql`update classrooms set status = 'deactivated' where id = ${await district.idOf("A")}`;
  await turnDays(services);
  expect((await told(district)).days).toMatchObject([{ classroomsEnded: 1 }]);
  await forgetOldDays(services);
  expect((await told(district)).days).toHaveLength(1);
  await db.sql`update school_days set day = day - 4000 where district_id = ${district.districtId}`;
  await db.sql`update turned_classrooms set day = day - 4000 where district_id = ${district.districtId}`;
  await forgetOldDays(services);
  expect(await db.sql`select from turned_classrooms where district_id = ${district.districtId}`).toHaveLength(0);
  expect(await db.sql`select from school_days where district_id = ${district.districtId}`).toHaveLength(0);
});
