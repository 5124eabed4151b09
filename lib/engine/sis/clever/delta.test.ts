/** Reading changes: whatever happens in a district, its events lead to the roster that a full read has. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { providerHosts } from "#lib/engine/sis/hosts.ts";
import { type CleverRecord, SmallClever, smallDistrictId } from "#lib/engine/testing/sis/clever.ts";
import { emptyRoster, type FoldedRoster, fold, knownOf } from "#lib/engine/testing/sis/folded-roster.ts";
import { impatience, type ReadRoster, readRoster } from "#lib/engine/testing/sis/rest.ts";
import { startCleverServer } from "#sandbox/clever/server.ts";
import { openDistrict } from "#sandbox/district/live.ts";
import { createCleverSource } from "./source.ts";

const idOf = (kind: number, index: number) => `5f${kind}${"0".repeat(17)}${String(index).padStart(4, "0")}`;
const school = (index: number) => idOf(1, index % 2);
const term = (index: number) => idOf(2, index % 2);
const course = (index: number) => idOf(3, index % 3);
const section = (index: number) => idOf(4, index % 4);
const user = (index: number) => idOf(5, index % 8);

type Op = readonly [what: "user" | "leave" | "section" | "close" | "around" | "repeat", index: number, choice: number, members: number];

const op: fc.Arbitrary<Op> = fc.tuple(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant("user" as const) },
    { weight: 3, arbitrary: fc.constant("leave" as const) },
    { weight: 6, arbitrary: fc.constant("section" as const) },
    { weight: 1, arbitrary: fc.constant("close" as const) },
    { weight: 1, arbitrary: fc.constant("around" as const) },
    { weight: 1, arbitrary: fc.constant("repeat" as const) },
  ),
  fc.nat(15),
  fc.nat(23),
  fc.nat(255),
);

function begin(clever: SmallClever): void {
  clever.put("schools", { id: school(0), name: "North", school_number: "1" });
  clever.put("schools", { id: school(1), name: "South", school_number: "2" });
  clever.put("terms", { id: term(0), name: "Fall", start_date: "2026-08-17", end_date: "2026-12-18T00:00:00.000Z" });
  clever.put("courses", { id: course(0), name: "Reading", number: "R" });
  for (let index = 0; index < 4; index++) happen(clever, ["user", index, index, 0]);
  happen(clever, ["section", 0, 0, 0b1111]);
}

/** The first of each list stays, since an empty list is never a roster. */
function happen(clever: SmallClever, [what, index, choice, members]: Op): void {
  if (what === "user") clever.put("users", person(user(index), choice));
  if (what === "leave" && index % 8 !== 0) clever.remove("users", user(index));
  if (what === "section") clever.put("sections", classOf(section(index), choice, members));
  if (what === "close" && index % 4 !== 0) clever.remove("sections", section(index));
  if (what === "repeat") clever.repeat(index);
  if (what !== "around") return;
  if (choice % 4 === 0 && index % 2 === 1) clever.remove("schools", school(index));
  if (choice % 4 === 1) clever.put("schools", { id: school(index), name: `School ${choice}`, school_number: String(index) });
  if (choice % 4 === 2) clever.put("courses", { id: course(index), name: choice > 12 ? `Course ${choice}` : "", number: null });
  if (choice % 4 === 3 && members > 100) clever.remove("terms", term(index));
  else if (choice % 4 === 3)
    clever.put("terms", {
      id: term(index),
      name: `Term ${choice}`,
      start_date: "2026-08-17",
      end_date: members > 50 ? "2027-06-04" : null,
    });
}

function person(id: string, choice: number): CleverRecord {
  const schools = choice % 3 === 0 ? [school(0), school(1)] : [school(choice)];
  const student = { school: schools[0], schools, grade: choice % 2 === 0 ? "1" : "Kindergarten", student_number: `n${choice % 5}` };
  const teacher = { school: schools[0], schools };
  const kind = choice % 12;
  const roles =
    kind < 5
      ? { student }
      : kind < 9
        ? { teacher }
        : kind === 9
          ? { staff: { schools } }
          : kind === 10
            ? { student, teacher }
            : { contact: { sis_id: "c" } };
  return {
    id,
    name: { first: choice === 23 ? null : `First ${choice}`, last: choice === 23 ? "" : `Last ${choice % 7}` },
    email: choice % 4 === 0 ? null : `${id}@x.example`,
    roles,
  };
}

/** Members are any people, seen or not; whoever has an odd bit teaches. */
function classOf(id: string, choice: number, members: number): CleverRecord {
  const those = Array.from({ length: 8 }, (_, index) => index).filter((index) => (members & (1 << index)) !== 0);
  const teachers = those.filter((index) => (index + choice) % 4 === 0).map(user);
  return {
    id,
    name: `Class ${choice % 5}`,
    school: school(choice % 3),
    course: choice % 4 === 3 ? null : course(choice),
    term_id: choice % 5 === 4 ? null : term(choice),
    students: those.filter((index) => (index + choice) % 4 !== 0).map(user),
    teachers: teachers.slice(1),
    teacher: choice % 6 === 5 ? null : (teachers[0] ?? null),
    grade: choice % 2 === 0 ? "1" : "",
    subject: choice % 3 === 0 ? "homeroom/advisory" : "math",
  };
}

function readerOf(
  origins: readonly [api: string, auth: string],
  credentials: { readonly districtId: string; readonly accessToken: string },
) {
  const hosts = { ...providerHosts, cleverApiUrl: origins[0], cleverAuthUrl: origins[1] };
  const source = createCleverSource({ clientId: "aivo", clientSecret: "secret", ...credentials }, impatience(), hosts);
  const now = () => new Date("2026-09-02T00:00:00Z");
  return (cursor: unknown, roster: FoldedRoster): Promise<ReadRoster> =>
    readRoster(source, origins, { cursor, now, known: knownOf(roster) });
}

const asText = (roster: FoldedRoster) =>
  Object.fromEntries(Object.entries(roster).map(([name, records]) => [name, Object.fromEntries([...records].sort())]));
const isDelta = (read: ReadRoster) => read.modes.users === "delta";

test("over random histories, changes and a full read of the same moment end in the same roster", async () => {
  let deltas = 0;
  let reads = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(op, { maxLength: 6 }), { minLength: 1, maxLength: 6 }), async (rounds) => {
      const clever = await SmallClever.start();
      try {
        const reader = readerOf([clever.url, clever.url], { districtId: smallDistrictId, accessToken: clever.accessToken });
        begin(clever);
        let read = await reader(null, emptyRoster);
        let roster = fold(emptyRoster, read);
        for (const round of rounds) {
          for (const each of round) happen(clever, each);
          const before = roster;
          read = await reader(read.cursor(), before);
          roster = fold(before, read);
          expect(asText(roster)).toEqual(asText(fold(before, await reader(null, before))));
          reads++;
          if (isDelta(read)) deltas++;
        }
      } finally {
        await clever.close();
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 25) },
  );
  // A history that always falls back would prove nothing.
  expect(deltas / reads).toBeGreaterThan(0.4);
}, 240_000);

describe("the sandbox district", () => {
  test("over thirty school days, a day or some at a time", async () => {
    const district = openDistrict({ users: 1_200, seed: 11 });
    district.advance(2);
    const server = await startCleverServer({
      district,
      rateLimit: { requests: 1_000_000, windowSeconds: 60, headerPrefix: "X-RateLimit" },
    });
    try {
      const reader = readerOf([server.apiUrl, server.authUrl], {
        districtId: server.credentials.districtId,
        accessToken: "district-token",
      });
      let read = await reader(null, emptyRoster);
      let roster = fold(emptyRoster, read);
      let deltas = 0;
      for (const days of [1, 1, 2, 1, 3, 1, 5, 1, 7, 8]) {
        district.advance(days);
        const before = roster;
        read = await reader(read.cursor(), before);
        roster = fold(before, read);
        expect(asText(roster)).toEqual(asText(fold(before, await reader(null, before))));
        if (isDelta(read)) deltas++;
      }
      expect(deltas).toBeGreaterThan(5);
    } finally {
      await server.close();
    }
  }, 120_000);
});

describe("whatever is in doubt is read in full", () => {
  const begun = async () => {
    const clever = await SmallClever.start();
    begin(clever);
    const hosts = { ...providerHosts, cleverApiUrl: clever.url, cleverAuthUrl: clever.url };
    const credentials = { clientId: "aivo", clientSecret: "secret", districtId: smallDistrictId, accessToken: clever.accessToken };
    const readAt = (iso: string, cursor: unknown, roster: FoldedRoster, more: { readonly fullReadDays?: number } = {}) =>
      readRoster(createCleverSource({ ...credentials, ...more }, impatience(), hosts), [clever.url, clever.url], {
        cursor,
        now: () => new Date(iso),
        known: knownOf(roster),
      });
    const first = await readAt("2026-09-02T00:00:00Z", null, emptyRoster);
    return { clever, readAt, cursor: first.cursor(), roster: fold(emptyRoster, first) };
  };

  test("by the age of the cursor, the interval of full reads, and what it is about", async () => {
    const { clever, readAt, cursor, roster } = await begun();
    try {
      clever.put("users", person(user(1), 3));
      expect(isDelta(await readAt("2026-09-03T00:00:00Z", cursor, roster))).toBe(true);
      const reason = async (read: Promise<ReadRoster>) => (await read).notes[0]?.replace("Everything was read, because ", "");
      expect(await reason(readAt("2026-09-09T00:00:00Z", cursor, roster))).toBe("the last full read was 7 or more days ago.");
      expect(await reason(readAt("2026-09-03T00:00:00Z", cursor, roster, { fullReadDays: 0 }))).toBe("every read is a full one here.");
      expect(isDelta(await readAt("2026-09-30T00:00:00Z", cursor, roster, { fullReadDays: 31 }))).toBe(true);
      expect(await reason(readAt("2026-10-02T00:00:00Z", cursor, roster, { fullReadDays: 31 }))).toContain(
        "longer ago than Clever keeps its events",
      );
      expect(await reason(readAt("2026-09-01T00:00:00Z", cursor, roster))).toContain("the clock has gone back");
      expect(await reason(readAt("2026-09-03T00:00:00Z", { ...(cursor as object), districtId: "b".repeat(24) }, roster))).toContain(
        "the district or the address has changed",
      );
      expect(await reason(readAt("2026-09-03T00:00:00Z", { nonsense: true }, roster))).toContain("not readable");
      expect(await reason(readAt("2026-09-03T00:00:00Z", { ...(cursor as object), eventId: "e999999" }, roster))).toContain(
        "does not keep the event",
      );
    } finally {
      await clever.close();
    }
  });

  test("by events that are out of order, or that do not lead to the lists' counts", async () => {
    const { clever, readAt, cursor, roster } = await begun();
    try {
      clever.keepsEvents = false;
      clever.put("users", person(user(6), 3));
      const uncounted = await readAt("2026-09-03T00:00:00Z", cursor, roster);
      expect(uncounted.notes[0]).toBe("Everything was read, because Clever counts other users than its events lead to.");
      expect(uncounted.modes.users).toBe("bulk");
      clever.keepsEvents = true;
      clever.put("users", person(user(6), 4));
      clever.put("users", person(user(7), 4));
      const [earlier, later] = clever.events.splice(-2);
      if (earlier && later) clever.events.push({ ...earlier, created: later.created }, { ...later, created: earlier.created });
      expect((await readAt("2026-09-03T00:00:00Z", cursor, roster)).notes[0]).toContain("did not come in their order");
    } finally {
      await clever.close();
    }
  });

  test("by a sync of Clever's that no event tells of, as when events are switched off", async () => {
    const { clever, readAt } = await begun();
    try {
      clever.lastSync = "2026-09-02T01:00:00.000Z";
      const first = await readAt("2026-09-02T02:00:00Z", null, emptyRoster);
      const roster = fold(emptyRoster, first);
      expect(isDelta(await readAt("2026-09-02T03:00:00Z", first.cursor(), roster))).toBe(true);

      clever.lastSync = "2026-09-03T01:00:00.000Z";
      clever.put("users", person(user(1), 3));
      const told = await readAt("2026-09-03T02:00:00Z", first.cursor(), roster);
      expect(isDelta(told)).toBe(true);

      clever.keepsEvents = false;
      clever.put("users", person(user(1), 7));
      clever.lastSync = "2026-09-04T01:00:00.000Z";
      const untold = await readAt("2026-09-04T02:00:00Z", told.cursor(), fold(roster, told));
      expect(untold.notes[0]).toContain("because Clever has synced the district since the last read and told of no change");
      expect(untold.records.users.find(({ fields }) => fields.sourcedId === user(1))?.fields.givenName).toBe("First 7");
      expect(isDelta(await readAt("2026-09-04T03:00:00Z", untold.cursor(), fold(roster, untold)))).toBe(true);
    } finally {
      await clever.close();
    }
  });

  test("somebody who is student and teacher is what the sections say, with an issue", async () => {
    const { clever, readAt } = await begun();
    try {
      clever.put("users", person(user(5), 10));
      clever.put("users", person(user(6), 10));
      clever.put("sections", { ...classOf(section(1), 0, 0), teacher: user(5), teachers: [], students: [user(6)] });
      const { records } = await readAt("2026-09-03T00:00:00Z", null, emptyRoster);
      const both = records.users.filter(({ issues }) => issues?.some(({ code }) => code === "role-several"));
      expect(both.map(({ fields }) => [fields.sourcedId, fields.role])).toEqual([
        [user(5), "teacher"],
        [user(6), "student"],
      ]);
    } finally {
      await clever.close();
    }
  });
});
