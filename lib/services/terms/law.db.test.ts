import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { workerScope } from "#lib/platform/access.ts";
import { isOfClass, spanOfClass, whenOfClass, whenOfMembership } from "#lib/platform/db/class-days.ts";
import { accounts, classrooms, memberships, terms } from "#lib/platform/db/schema/roster.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { newDistrict, testDatabase } from "#lib/platform/testing/database.ts";
import type { When } from "#lib/roster/when.ts";
import { turnDay } from "./turn-days.ts";

/*
 * The calendar once more, one class at a time, over random terms and dates and days that pass, some of which nobody looks at: what the
 * database says each day is when the classes are is what follows from their dates, and what it notes is what changed since the day before.
 */
const { db, close } = await testDatabase();
afterAll(close);

const dayOf = (n: number) => new Date(Date.UTC(2030, 0, 1 + n)).toISOString().slice(0, 10);
const idOf = (kind: number, n: number) => `00000000-0000-700${kind}-8000-${String(n).padStart(12, "0")}`;

interface World {
  readonly terms: readonly { readonly begin: number; readonly length: number; readonly isActive: boolean }[];
  readonly rooms: readonly {
    /** The last names a term that is not there. */
    readonly terms: readonly number[];
    readonly isActive: boolean;
    /** Of the one member. */
    readonly begin: number | null;
    readonly end: number | null;
    readonly isMember: boolean;
  }[];
  /** Days that are looked at, each so many after the one before. */
  readonly steps: readonly number[];
}

const day = fc.integer({ min: 0, max: 24 });
const worlds: fc.Arbitrary<World> = fc.record({
  terms: fc.array(fc.record({ begin: day, length: fc.integer({ min: 0, max: 9 }), isActive: fc.boolean() }), {
    minLength: 3,
    maxLength: 3,
  }),
  rooms: fc.array(
    fc.record({
      terms: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
      isActive: fc.boolean(),
      begin: fc.option(day),
      end: fc.option(day),
      isMember: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  steps: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 }),
});

type Room = World["rooms"][number];

function whenOf(begin: number | null, end: number | null, on: number): When {
  if (end !== null && end < on) return "ended";
  return begin !== null && begin > on ? "upcoming" : "now";
}

function roomOn(world: World, room: Room, on: number): When {
  const dated = room.terms.flatMap((n) => world.terms[n] ?? []).filter(({ isActive }) => isActive);
  if (dated.length === 0) return "now";
  return whenOf(Math.min(...dated.map(({ begin }) => begin)), Math.max(...dated.map(({ begin, length }) => begin + length)), on);
}

function ownOn({ begin, end }: Room, on: number): When {
  return begin !== null && end !== null && end < begin ? "now" : whenOf(begin, end, on);
}

function memberOn(world: World, room: Room, on: number): { readonly when: When; readonly counts: boolean } {
  const [whole, own] = [roomOn(world, room, on), ownOn(room, on)];
  const when = [whole, own].includes("ended") ? "ended" : [whole, own].includes("upcoming") ? "upcoming" : "now";
  const isThere = whole === "ended" || own === "now" || (own === "upcoming" && whole === "upcoming");
  return { when, counts: room.isMember && isThere };
}

async function write(world: World): Promise<string> {
  const districtId = await newDistrict(db);
  await db.orm.insert(accounts).values({ districtId, id: idOf(3, 0), role: "learner", givenName: "Lee", familyName: "Marsh" });
  await db.orm.insert(terms).values(
    world.terms.map(({ begin, length, isActive }, n) => ({
      districtId,
      id: idOf(1, n),
      name: `Term ${n}`,
      type: "term" as const,
      beginDate: dayOf(begin),
      endDate: dayOf(begin + length),
      status: isActive ? ("active" as const) : ("deactivated" as const),
    })),
  );
  await db.orm.insert(classrooms).values(
    world.rooms.map((room, n) => ({
      districtId,
      id: idOf(2, n),
      name: `Room ${n}`,
      schoolId: idOf(5, 0),
      termIds: room.terms.map((term) => idOf(1, term)),
      status: room.isActive ? ("active" as const) : ("deactivated" as const),
    })),
  );
  await db.orm.insert(memberships).values(
    world.rooms.map(({ begin, end, isMember }, n) => ({
      districtId,
      classroomId: idOf(2, n),
      accountId: idOf(3, 0),
      role: "learner" as const,
      beginDate: begin === null ? null : dayOf(begin),
      endDate: end === null ? null : dayOf(end),
      status: isMember ? ("active" as const) : ("deactivated" as const),
    })),
  );
  return districtId;
}

test("as days pass, the database says of every class what follows from its dates, and notes what changed", {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const districtId = await write(world);
      let on = -2;
      let before = on - 1;
      for (const step of world.steps) {
        const today = `date '${dayOf(on)}'`;
        const rows = await db.sql.unsafe(`
          select ${whenOfClass(today)} as room, ${whenOfMembership(today)} as when, ${isOfClass(today)} as counts
          from memberships m
          join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id ${spanOfClass(districtId)}
          where m.district_id = '${districtId}' order by c.id`);
        expect([...rows]).toEqual(world.rooms.map((room) => ({ room: roomOn(world, room, on), ...memberOn(world, room, on) })));

        await withDistrict(db, workerScope(districtId), (tx) => turnDay(tx, dayOf(on)));
        const turned = await db.sql<{ id: string; turn: string }[]>`
          select classroom_id as id, turn from turned_classrooms
          where district_id = ${districtId} and day = ${dayOf(on)} order by classroom_id, turn`;
        const active = world.rooms.map((room, n) => ({ room, n })).filter(({ room }) => room.isActive);
        const expected = active.flatMap(({ room, n }) => {
          const [was, is] = [roomOn(world, room, before), roomOn(world, room, on)];
          return [
            ...(was === "upcoming" && is !== "upcoming" ? [{ id: idOf(2, n), turn: "began" }] : []),
            ...(was !== "ended" && is === "ended" ? [{ id: idOf(2, n), turn: "ended" }] : []),
          ];
        });
        expect([...turned]).toEqual(expected);
        const members = active.filter(({ room }) => room.isMember && roomOn(world, room, on) === "now").map(({ room }) => room);
        const count = (turns: (was: When, is: When) => boolean) =>
          members.filter((room) => turns(ownOn(room, before), ownOn(room, on))).length;
        expect(
          await db.sql`
          select memberships_began as began, memberships_ended as ended from school_days
          where district_id = ${districtId} and day = ${dayOf(on)}`,
        ).toEqual([
          {
            began: count((was, is) => was === "upcoming" && is !== "upcoming"),
            ended: count((was, is) => was !== "ended" && is === "ended"),
          },
        ]);
        before = on;
        on += step;
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 8), endOnFailure: true },
  );
});
