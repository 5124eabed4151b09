import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collections, type District, enrollmentRoles, personKinds } from "./district.ts";
import { type LiveDistrict, openDistrict } from "./live.ts";
import { personRecord } from "./records.ts";
import { none } from "./table.ts";

const history = fc.record({
  users: fc.integer({ min: 40, max: 300 }),
  seed: fc.integer({ min: 0, max: 10_000 }),
  days: fc.integer({ min: 1, max: 25 }),
  daysPerYear: fc.constantFrom(4, 9, 180),
});

/** Every number of every table. */
function stateOf(district: District): unknown {
  return collections.map((name) => {
    const table = district[name];
    return Array.from({ length: table.size }, (_, row) => table.row(row));
  });
}

describe("the district", () => {
  test("is the same whether days pass one by one or at once, and when looked back at", () => {
    fc.assert(
      fc.property(history, ({ days, ...options }) => {
        const [slow, fast] = [openDistrict(options), openDistrict(options)];
        const past: unknown[] = [stateOf(slow.today)];
        for (let day = 0; day < days; day++) {
          slow.advance();
          past.push(stateOf(slow.today));
        }
        fast.advance(days);
        expect(stateOf(fast.today)).toEqual(past[days]);
        expect(stateOf(openDistrict({ ...options, day: days }).today)).toEqual(past[days]);
        for (const day of [0, Math.floor(days / 2), days]) expect(stateOf(fast.at(day))).toEqual(past[day]);
        fast.goTo(Math.floor(days / 2));
        expect(stateOf(fast.today)).toEqual(past[Math.floor(days / 2)]);
      }),
      { numRuns: 25 },
    );
  });

  test("fits together on every day", () => {
    fc.assert(
      fc.property(history, ({ days, ...options }) => {
        const live = openDistrict(options);
        for (let day = 0; day < days; day++) {
          live.advance();
          assertFits(live.today);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("changes in every way within a few months", () => {
    const live = openDistrict({ users: 3_000 });
    const seen = { withdrawn: false, returned: false, transferred: false, renamed: false, moved: false, hired: false, school: false };
    while (live.day < 90) {
      live.advance();
      const [before, after] = [live.at(live.day - 1), live.today];
      for (let row = 0; row < before.people.size; row++) {
        const was = (name: Parameters<typeof before.people.get>[0]) => before.people.get(name, row);
        const is = (name: Parameters<typeof before.people.get>[0]) => after.people.get(name, row);
        if (was("kind") !== personKinds.learner) continue;
        if (was("active") > is("active")) seen.withdrawn = true;
        if (was("active") < is("active")) seen.returned = true;
        if (was("renames") < is("renames")) seen.renamed = true;
        if (was("school") !== is("school")) seen.transferred = true;
        if (was("head") !== is("head") && was("school") === is("school")) seen.moved = true;
      }
      if (Array.from({ length: after.posts.size }, (_, post) => after.posts.get("generation", post)).some((each) => each > 0))
        seen.hired = true;
      if (Array.from({ length: after.orgs.size }, (_, org) => after.orgs.get("renames", org)).some((each) => each > 0)) seen.school = true;
    }
    expect(Object.entries(seen).filter(([, isSeen]) => !isSeen)).toEqual([]);
  });
});

test("changes are stamped when they came, in the order of the days", () => {
  let seconds = 0;
  const now = () => new Date(Date.UTC(2030, 0, 1) + 1000 * seconds++);
  const live: LiveDistrict = openDistrict({ users: 50, day: 2, now });
  live.advance(3);
  const moments = [0, 1, 2, 3, 4, 5].map((day) => live.momentOf(day).toISOString());
  expect(moments).toEqual([...moments].sort());
  expect(moments[2]).toBe("2026-08-19T03:00:00.000Z");
  expect(openDistrict({ users: 50, day: 5, moments: live.moments, now }).moments).toEqual(live.moments);
});

function assertFits(district: District): void {
  const { people, enrollments, classes, sessions, shape } = district;
  const wrong: string[] = [];
  const check = (isRight: boolean, what: string) => isRight || wrong.push(what);
  const emails = new Set<string>();
  for (let row = 0; row < people.size; row++) {
    const seats = district.enrollmentsOf(row).map((seat) => enrollments.get("class", seat));
    if (people.get("active", row) === 0) {
      check(seats.length === 0, `person ${row} has left and is in a class`);
      continue;
    }
    const { email } = personRecord(district, row);
    check(!emails.has(email), `${email} is two people's`);
    emails.add(email);
    if (people.get("kind", row) !== personKinds.learner) continue;
    check(seats.length === 7 && new Set(seats.map((one) => classes.get("slot", one))).size === 7, `learner ${row} lacks a subject`);
    const isTheirs = (one: number) => (["grade", "school"] as const).every((name) => classes.get(name, one) === people.get(name, row));
    check(seats.every(isTheirs), `learner ${row} is in a class of another grade or school`);
  }
  for (let row = 0; row < enrollments.size; row++) {
    const isBoth = classes.get("active", enrollments.get("class", row)) + people.get("active", enrollments.get("person", row)) === 2;
    check(enrollments.get("active", row) === 0 || isBoth, `enrollment ${row} outlives its class or person`);
  }
  for (let row = district.yearBase; row < classes.size; row++) {
    const teachers = district.membersOf(row).filter((seat) => enrollments.get("role", seat) !== enrollmentRoles.student);
    const expected = [classes.get("teacher", row), classes.get("coTeacher", row)].filter((one) => one !== none);
    const actual = teachers.map((seat) => enrollments.get("person", seat));
    check(actual.sort().join() === expected.sort().join(), `class ${row} has other teachers than it says`);
    check(
      teachers.filter((seat) => enrollments.get("role", seat) === enrollmentRoles.teacher).length === 1,
      `class ${row} has no leading teacher`,
    );
  }
  expect(wrong).toEqual([]);
  expect(Array.from({ length: sessions.size }, (_, row) => sessions.get("active", row)).filter(Boolean)).toHaveLength(3);
  expect(shape.schools.length).toBe(district.orgs.size - 1);
}
