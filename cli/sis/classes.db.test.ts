import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { turnDays } from "#lib/services/terms/turn-days.ts";
import { aCalendar, dayFromNow, room, seat, term } from "#lib/services/testing/calendar.ts";
import { testServices } from "#lib/services/testing/services.ts";
import { sis as run } from "./testing.ts";

// Every command is a process of its own; on a busy machine each takes seconds to start.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const { services, variables, close } = await testServices();
afterAll(close);
const sis = (...args: string[]) => run(variables, ...args, "--json");

const known = { district: "", algebra: "", lee: "" };
beforeAll(async () => {
  const { districtId, sync, idOf } = await aCalendar(services.db);
  await sync(
    [term("Fall", -90, -1), term("Spring", 1, 90)],
    [room("Algebra", "Fall"), room("Biology", "Spring"), room("Choir", "")],
    [seat("lee", "Algebra"), seat("tess", "Choir")],
  );
  await turnDays(services);
  Object.assign(known, { district: districtId, algebra: await idOf("Algebra"), lee: await idOf("lee") });
});

test("classrooms are listed by when they are", async () => {
  const list = async (...args: string[]) => (await sis("classrooms", "--district", known.district, ...args)).json;
  const { counts, classrooms } = await list("--when", "ended");
  expect(counts).toEqual({ now: 1, upcoming: 1, ended: 1 });
  expect(classrooms).toMatchObject([
    { name: "Algebra", when: "ended", beginsOn: dayFromNow(-90), endsOn: dayFromNow(-1), learnerCount: 1 },
  ]);
  expect((await list()).classrooms.map(({ name }: { name: string }) => name)).toEqual(["Biology", "Choir"]);
  expect((await list("--turned", dayFromNow(0))).classrooms).toMatchObject([{ name: "Algebra" }]);
  expect(await list("--when", "soon")).toMatchObject({ error: { code: "usage", message: "--when cannot be soon" } });
  const { stdout } = await run(variables, "classrooms", "--district", known.district, "--when", "all");
  expect(stdout).toMatch(/^1 now, 1 upcoming, 1 ended\nid .* when +begins/);
});

test("who sees a classroom is said, with each condition", async () => {
  const question = ["can-see", "--person", known.lee, "--classroom", known.algebra];
  const { json } = await sis(...question);
  expect(json).toMatchObject({ sight: "history", when: "ended", today: dayFromNow(0) });
  expect(json.links.filter(({ holds }: { holds: boolean }) => !holds)).toMatchObject([
    { link: "term", remedy: "Change the term's end, or the classroom's terms." },
  ]);
  const { stdout } = await run(variables, ...question);
  expect(stdout).toContain("sees it as history, to read");
  expect(stdout).toMatch(/^no +term +Its terms ended on /m);
});

test("what the calendar brought is listed", async () => {
  const { json } = await sis("days", "--district", known.district);
  expect(json.days).toMatchObject([{ day: dayFromNow(0), classroomsEnded: 1, terms: [{ name: "Fall", turn: "ended", classrooms: 1 }] }]);
  const { stdout } = await run(variables, "days", "--district", known.district);
  expect(stdout).toMatch(/Fall ended on .*: 1 classroom is archived\.\n$/);
});
