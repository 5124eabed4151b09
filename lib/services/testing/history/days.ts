import { expect } from "vitest";
import { turnsBetween } from "#lib/engine/sync/model/days.ts";
import { workerScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { turnDay } from "#lib/services/terms/turn-days.ts";
import { type District, settle } from "./world.ts";

const dayOf = (n: number) => new Date(Date.UTC(2026, 6, 20 + n)).toISOString().slice(0, 10);

/** Lets days pass that nobody looks at, and looks at the next one: which classes and memberships begin and end by then follows from their dates. */
export async function passDays(world: District, days: number): Promise<void> {
  const { db } = world.services;
  const { districtId } = world.scope;
  const on = (world.day ?? 0) + days;
  const [from, to] = [dayOf(world.day ?? on - 1), dayOf(on)];
  world.day = on;
  await withDistrict(db, workerScope(districtId), (tx) => turnDay(tx, to));
  const turned = await db.sql<{ turn: string }[]>`
    select classroom_id || ' ' || turn as turn from turned_classrooms where district_id = ${districtId} and day = ${to} order by 1`;
  const [counted] = await db.sql<{ began: number; ended: number }[]>`
    select memberships_began as began, memberships_ended as ended from school_days where district_id = ${districtId} and day = ${to}`;
  const expected = turnsBetween(world.model, from, to);
  expect(turned.map(({ turn }) => turn).sort()).toEqual(expected.classes);
  expect([counted?.began, counted?.ended]).toEqual(expected.memberships);
  await settle(world, world.model);
}
