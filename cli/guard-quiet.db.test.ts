import { afterAll, beforeAll, expect, test } from "vitest";
import { newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { openDistrict } from "#sandbox/district/live.ts";
import { letDaysPass } from "./testing/calendar.ts";
import { districtRows, stateOf } from "./testing/district-rows.ts";

/** School days that go by, the first of the next school year among them; half a year with `npm run test:histories`. */
const days = Number(process.env.AIVO_QUIET_DAYS ?? 3);
const lastDay = 182;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const withMistakes = { name: "the demo's district, with the mistakes that every export has", users: 1200, blemishes: true };
const without = { name: "the demo's district without them", users: 1200, blemishes: false };
const small = { name: "a small district", users: 150, blemishes: false };

test.each(process.env.AIVO_QUIET_DAYS ? [withMistakes, without, small] : [withMistakes, small])(
  `of ${days} school days none is held but the new school year: $name`,
  async ({ users, blemishes }) => {
    const { db } = database;
    const live = openDistrict({ users, seed: 7, day: Math.max(0, lastDay - days) });
    const district = await newDistrict(db);
    const integration = await newIntegration(db, district, defaultSafety);
    const today = () => stateOf(districtRows(live.today, { blemishes }));
    expect((await syncOnce(db, district, integration, today())).state).toBe("succeeded");
    const held: { day: number; because: readonly string[] | null }[] = [];
    const changes: number[] = [];
    while (live.day < lastDay) {
      live.advance(1);
      // A weekend after five school days.
      await letDaysPass(db, district, live.day % 5 === 0 ? 3 : 1);
      const run = await syncOnce(db, district, integration, today());
      changes.push(run.changeCount);
      if (run.state === "succeeded") continue;
      held.push({ day: live.day, because: run.findings?.map(({ detector, sentence }) => `${detector}: ${sentence}`) ?? null });
      const approved = await syncOnce(db, district, integration, today(), { kind: "approval", planRunId: run.id });
      expect(approved.state).toBe("succeeded");
    }
    expect(held).toEqual([{ day: 180, because: [expect.stringMatching(/^rollover: This looks like the new school year/)] }]);
    expect(changes.filter((count) => count > 0).length).toBeGreaterThan(0.9 * days);
  },
  3_600_000,
);
