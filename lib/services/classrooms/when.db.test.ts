import { afterAll, expect, test } from "vitest";
import { executeNow } from "#lib/engine/testing/sync.ts";
import { todayOf, whenOfClass } from "#lib/platform/db/class-days.ts";
import { archiveClassroom, barPerson, restoreClassroom } from "#lib/services/edits/standing.ts";
import { editClassroom } from "#lib/services/edits/write.ts";
import { readRosterCounts } from "#lib/services/overview/roster-counts.ts";
import { listPeople } from "#lib/services/people/list.ts";
import { getPerson } from "#lib/services/people/read.ts";
import { PeopleFilter } from "#lib/services/people/schema.ts";
import { requestUndo } from "#lib/services/runs/undo.ts";
import { aCalendar, dayFromNow, room, seat, term } from "#lib/services/testing/calendar.ts";
import { testServices } from "#lib/services/testing/services.ts";
import { canSee } from "./can-see.ts";
import { getClassroom, listClassrooms } from "./read.ts";
import { ClassroomsFilter } from "./schema.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const summer = term("summer", -100, -10);
const fall = term("fall", -9, 20);
const spring = term("spring", 21, 120);

test("a class is upcoming, now or ended by its terms, and current for ever without one", async () => {
  const { sync, scope, whenOf } = await aCalendar(db);
  await sync(
    [summer, fall, spring, term("today", 0, 0), term("yesterday", -1, -1), term("tomorrow", 1, 1), term("unused", -50, -40)],
    [
      room("Algebra", "fall"),
      room("Biology", "spring"),
      room("Chess", "summer"),
      room("Drama", "summer,spring"),
      room("Ethics", ""),
      room("First", "today"),
      room("Gone", "yesterday"),
      room("Hope", "tomorrow"),
    ],
  );
  const { rows, counts, total } = await listClassrooms(services, scope, ClassroomsFilter.parse({ when: "all" }));
  expect(rows.map(({ name, when }) => `${name} ${when}`)).toEqual([
    "Algebra now",
    "Biology upcoming",
    "Chess ended",
    // Between two terms of a class it goes on.
    "Drama now",
    "Ethics now",
    // Its last day counts whole.
    "First now",
    "Gone ended",
    "Hope upcoming",
  ]);
  expect([counts, total]).toEqual([{ now: 4, upcoming: 2, ended: 2 }, 8]);
  expect(rows.find(({ name }) => name === "Drama")).toMatchObject({ beginsOn: dayFromNow(-100), endsOn: dayFromNow(120) });
  const names = async (query: object) =>
    (await listClassrooms(services, scope, ClassroomsFilter.parse(query))).rows.map(({ name }) => name).join(" ");
  expect(await names({})).toBe("Algebra Biology Drama Ethics First Hope");
  expect(await names({ when: "ended" })).toBe("Chess Gone");
  expect(await names({ when: "upcoming", q: "hope" })).toBe("Hope");
  expect(await names({ when: "never" })).toBe("Algebra Biology Drama Ethics First Hope");
  expect((await readRosterCounts(services, scope)).classrooms).toBe(6);
  const [found] = (await listPeople(services, scope, "learner", PeopleFilter.parse({ q: "lee" }))).rows;
  expect(found?.kind === "account" && found.account.classroomCount).toBe(6);
  expect(await whenOf("Gone")).toBe("ended");
});

test("the day is the district's own, at one instant and now", async () => {
  const [auckland, angeles] = [await aCalendar(db, "Pacific/Auckland"), await aCalendar(db, "America/Los_Angeles")];
  const lastDay = `(select null::date as begins_on, date '2026-12-18' as ends_on) span`;
  const at = async ({ districtId }: { districtId: string }, instant: string) => {
    const day = todayOf(districtId, `timestamptz '${instant}'`);
    const [row] = await db.sql.unsafe<{ day: string; when: string }[]>(
      `select ${day}::text as day, ${whenOfClass(day)} as when from ${lastDay}`,
    );
    return `${row?.day} ${row?.when}`;
  };
  expect(await at(auckland, "2026-12-18T10:59:59Z")).toBe("2026-12-18 now");
  expect(await at(auckland, "2026-12-18T11:00:00Z")).toBe("2026-12-19 ended");
  expect(await at(angeles, "2026-12-18T11:00:00Z")).toBe("2026-12-18 now");
  expect(await at(angeles, "2026-12-19T07:59:59Z")).toBe("2026-12-18 now");
  expect(await at(angeles, "2026-12-19T08:00:00Z")).toBe("2026-12-19 ended");

  // These two are 25 hours apart: it is never the same day in both.
  const [east, west] = [await aCalendar(db, "Pacific/Kiritimati"), await aCalendar(db, "Pacific/Pago_Pago")];
  const [row] = await db.sql<{ day: string }[]>`select (now() at time zone 'Pacific/Pago_Pago')::date::text as day`;
  const ends = { ...summer, endDate: row?.day ?? "" };
  for (const { sync } of [east, west]) await sync([ends], [room("Algebra", "summer")]);
  expect([await east.whenOf("Algebra"), await west.whenOf("Algebra")]).toEqual(["ended", "now"]);
  expect([await east.home("lee"), await west.home("lee")]).toEqual([["Algebra ended history"], ["Algebra now open"]]);
});

test("a term that moves, goes or is edited takes its classes along, and back", async () => {
  const { sync, scope, idOf, whenOf } = await aCalendar(db);
  const classes = [room("Algebra", "summer"), room("Drama", "summer,spring")];
  await sync([summer, spring], classes);
  expect([await whenOf("Algebra"), await whenOf("Drama")]).toEqual(["ended", "now"]);
  await sync([{ ...summer, endDate: dayFromNow(5) }, spring], classes);
  expect(await whenOf("Algebra")).toBe("now");
  await sync([{ ...summer, endDate: dayFromNow(-3) }, spring], classes);
  expect(await whenOf("Algebra")).toBe("ended");
  // A term that the SIS has no more says nothing: what of it goes on is always current, and the other of two decides.
  await sync([spring], [room("Algebra", ""), room("Drama", "spring")]);
  expect([await whenOf("Algebra"), await whenOf("Drama")]).toEqual(["now", "upcoming"]);
  await db.sql`update classrooms set term_ids = array[${await idOf("summer")}, ${await idOf("spring")}]::uuid[] where id = ${await idOf("Drama")}`;
  expect(await getClassroom(services, scope, await idOf("Drama"))).toMatchObject({
    when: "upcoming",
    terms: [{ status: "deactivated" }, { status: "active" }],
  });
  await editClassroom(services, scope, await idOf("Algebra"), { termIds: [await idOf("spring")] });
  expect(await whenOf("Algebra")).toBe("upcoming");
});

test("teachers prepare what comes, learners are told of it, and both keep what has ended", async () => {
  const { sync, home } = await aCalendar(db);
  await sync(
    [summer, fall, spring, term("later", 50, 60)],
    [room("Zoology", "spring"), room("Algebra", "later"), room("Chess", "summer"), room("Biology", "fall"), room("Art", "")],
  );
  expect(await home("tess")).toEqual([
    "Art now open",
    "Biology now open",
    "Zoology upcoming prepare",
    "Algebra upcoming prepare",
    "Chess ended history",
  ]);
  expect(await home("lee")).toEqual([
    "Art now open",
    "Biology now open",
    "Zoology upcoming announced",
    "Algebra upcoming announced",
    "Chess ended history",
  ]);
});

test("a membership takes effect on its own dates, within those of its class", async () => {
  const { sync, scope, idOf, home } = await aCalendar(db);
  const own = (begin: number | null, end: number | null) => ({
    beginDate: begin === null ? "" : dayFromNow(begin),
    endDate: end === null ? "" : dayFromNow(end),
  });
  const rooms = ["Left", "Comes", "Last", "First", "Open", "Beyond", "Twisted"];
  await sync(
    [summer, fall, spring],
    [...rooms.map((name) => room(name, "fall")), room("Soon", "spring"), room("Over", "summer")],
    [
      seat("lee", "Left", own(null, -1)),
      seat("lee", "Comes", own(1, null)),
      seat("lee", "Last", own(-5, 0)),
      seat("lee", "First", own(0, 5)),
      seat("lee", "Open"),
      seat("lee", "Beyond", own(-500, 500)),
      seat("lee", "Twisted", own(5, -5)),
      // The class decides beyond its own dates, and who leaves before it begins is never in it.
      seat("lee", "Soon", own(-5, -2)),
      seat("lee", "Over", own(-50, 500)),
      seat("ada", "Comes"),
      seat("ada", "Soon", own(30, null)),
      seat("ada", "Over", own(-50, -40)),
    ],
  );
  expect(await home("lee")).toEqual([
    "Beyond now open",
    "First now open",
    "Last now open",
    "Open now open",
    "Twisted now open",
    "Comes upcoming announced",
    "Left ended history",
    "Soon ended history",
    "Over ended history",
  ]);
  const { rows } = await listClassrooms(services, scope, ClassroomsFilter.parse({ when: "all" }));
  const learners = Object.fromEntries(rows.map(({ name, learnerCount }) => [name, learnerCount]));
  expect(learners).toEqual({ Left: 0, Comes: 1, Last: 1, First: 1, Open: 1, Beyond: 1, Twisted: 1, Soon: 1, Over: 2 });
  const lee = await getPerson(services, scope, "learner", await idOf("lee"));
  expect(lee.classrooms.find(({ name }) => name === "Left")).toMatchObject({ when: "ended", status: "active", endDate: dayFromNow(-1) });
  const soon = await getClassroom(services, scope, await idOf("Soon"));
  expect(soon.people.map(({ givenName, when, counts }) => [givenName, when, counts])).toEqual([
    ["ada", "upcoming", true],
    ["lee", "ended", false],
  ]);
  // A row that no sync would write: dates that contradict each other say nothing.
  await db.sql`
    update memberships set begin_date = ${dayFromNow(5)}, end_date = ${dayFromNow(-5)}
    where account_id = ${await idOf("lee")} and classroom_id = ${await idOf("Open")}`;
  expect(await home("lee")).toContain("Open now open");
});

test("who sees a class is said link by link, with what to do", async () => {
  const { sync, scope, idOf, home } = await aCalendar(db);
  const classes = [room("Algebra", "fall"), room("Biology", "spring")];
  await sync([summer, fall, spring], classes, [seat("tess", "Algebra"), seat("lee", "Algebra"), seat("lee", "Biology")]);
  const ask = async (who: string, where: string) => {
    const answer = await canSee(services, scope, { accountId: await idOf(who), classroomId: await idOf(where) });
    return [answer.sight, ...answer.links.filter(({ holds }) => !holds).map(({ link }) => link)];
  };
  expect(await ask("lee", "Algebra")).toEqual(["open"]);
  expect(await ask("lee", "Biology")).toEqual(["announced", "term"]);
  expect(await ask("tess", "Biology")).toEqual([null, "membership", "membership-dates", "term"]);
  await sync([summer, fall, spring], classes, [seat("lee", "Algebra", { endDate: dayFromNow(-1) }), seat("lee", "Biology")]);
  expect(await ask("lee", "Algebra")).toEqual(["history", "membership-dates"]);
  expect(await ask("tess", "Algebra")).toEqual([null, "membership"]);

  const lee = await idOf("lee");
  await barPerson(services, scope, lee, { reason: "Until Monday" });
  expect(await ask("lee", "Algebra")).toEqual([null, "sign-in", "membership-dates"]);
  expect(await home("lee")).toEqual([]);
  await archiveClassroom(services, scope, await idOf("Algebra"), { reason: "Merged" });
  await db.sql`update accounts set status = 'deactivated', deactivated_by = 'sync' where id = ${lee}`;
  const { links, today } = await canSee(services, scope, { accountId: lee, classroomId: await idOf("Algebra") });
  expect(today).toBe(dayFromNow(0));
  expect(links.map(({ link, holds, remedy }) => [link, holds, remedy])).toEqual([
    ["account", false, "Correct the SIS, or reactivate them on their page."],
    ["sign-in", false, "Allow them to sign in on their page."],
    ["membership", true, null],
    ["membership-dates", false, "Change the enrollment's end in the SIS."],
    ["classroom", false, "Bring it back on its page."],
    ["term", true, null],
  ]);
  const nowhere = canSee(services, scope, { accountId: lee, classroomId: lee });
  await expect(nowhere).rejects.toMatchObject({ code: "not-found" });
});

test("archived by hand stays archived, whatever its dates say", async () => {
  const { sync, scope, idOf, home } = await aCalendar(db);
  const classes = [room("Algebra", "summer")];
  await sync([summer], classes);
  await archiveClassroom(services, scope, await idOf("Algebra"), { reason: "Merged" });
  await sync([{ ...summer, endDate: dayFromNow(50) }], classes);
  expect(await home("lee")).toEqual([]);
  expect((await listClassrooms(services, scope, ClassroomsFilter.parse({}))).total).toBe(0);
  // A list of what is not in use shows it whenever it was.
  const { rows } = await listClassrooms(services, scope, ClassroomsFilter.parse({ status: "deactivated" }));
  expect(rows).toMatchObject([{ name: "Algebra", when: "now", status: "deactivated" }]);
  await restoreClassroom(services, scope, await idOf("Algebra"));
  expect(await home("lee")).toEqual(["Algebra now open"]);
});

test("an undo after a term ended brings back the dates, and with them when a class is", async () => {
  const { districtId, sync, scope, whenOf } = await aCalendar(db);
  const classes = [room("Algebra", "fall")];
  await sync([fall], classes);
  const run = await sync([{ ...fall, endDate: dayFromNow(-1) }], classes);
  expect(await whenOf("Algebra")).toBe("ended");
  const requested = await requestUndo(services, scope, run.id, { reason: "The term goes on", shown: null });
  if (!requested.ok) throw new Error(requested.reason);
  expect(await executeNow(db, districtId, requested.runId, { rows: {} })).toMatchObject({ state: "succeeded" });
  expect(await whenOf("Algebra")).toBe("now");
});
