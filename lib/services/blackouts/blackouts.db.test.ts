import { afterAll, expect, test } from "vitest";
import { addDays } from "#lib/engine/schedule/occurrences.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { verifyAudit } from "#lib/platform/audit.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { createDistrict, updateDistrict } from "#lib/services/districts/write.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { openIncidents } from "#lib/services/notices/read.ts";
import { requestDueRuns } from "#lib/services/runs/request-due.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { someCredentials, testServices } from "#lib/services/testing/services.ts";
import { announceBlackouts } from "./announce.ts";
import { addBlackout, listBlackouts, removeBlackout } from "./write.ts";

const { services, close } = await testServices();
const { sql } = services.db;
afterAll(close);

async function nightly(timezone = "America/Chicago", schedule: string | null = "0 2 * * *") {
  const { id: districtId } = await createDistrict(services, { name: "D", timezone });
  const scope = operatorScope(districtId);
  await createAdmin(services, scope, { givenName: "Ann", familyName: "Admin", email: `ann-${districtId}@example.org` });
  const { id } = await addIntegration(services, scope, { name: "SIS", provider: "oneroster-csv", credentials: someCredentials, schedule });
  const [{ today } = { today: "" }] = await sql<{ today: string }[]>`select (now() at time zone ${timezone})::date::text as today`;
  const add = (from: number, to: number, more: object = {}) =>
    addBlackout(services, scope, id, { firstDay: addDays(today, from), lastDay: addDays(today, to), note: "Winter break", ...more });
  const next = async () => {
    const { nextRunAt, nextRuns } = await getIntegration(services, scope, id);
    const local = (at: string | null) =>
      at && new Intl.DateTimeFormat("en-CA", { timeZone: timezone, dateStyle: "short" }).format(new Date(at));
    expect(nextRuns[0] ?? null).toBe(nextRunAt);
    const [stored] = await sql<{ at: string }[]>`select next_run_at as at from integrations where id = ${id}`;
    expect(new Date(stored?.at ?? 0).toISOString()).toBe(nextRunAt);
    return local(nextRunAt);
  };
  const said = () =>
    sql<{ said: string }[]>`select kind || ' ' || phase as said from notices where district_id = ${districtId} order by created_at`.then(
      (rows) => rows.map(({ said: one }) => one),
    );
  return { districtId, scope, id, today, add, next, said };
}

test("the next sync is the first after the blackouts, of the integration and of the district, and back when they are removed", async () => {
  const { scope, id, today, add, next, districtId } = await nightly();
  const before = await next();
  const own = await add(0, 20);
  expect(await next()).toBe(addDays(today, 21));
  const all = await add(21, 30, { isForAll: true });
  expect(await next()).toBe(addDays(today, 31));
  const other = await addIntegration(services, scope, {
    name: "Other",
    provider: "oneroster-csv",
    credentials: someCredentials,
    schedule: "0 2 * * *",
  });
  expect((await getIntegration(services, scope, other.id)).blackouts.map((one) => one.id)).toEqual([all.id]);
  expect((await listBlackouts(services, scope, id)).map((one) => one.id)).toEqual([own.id, all.id]);
  // A time zone in which it is another day already moves them with it.
  await updateDistrict(services, scope, { timezone: "Pacific/Kiritimati" });
  const { nextRunAt } = await getIntegration(services, scope, id);
  expect(nextRunAt).toBe(`${addDays(today, 30)}T12:00:00.000Z`);
  await updateDistrict(services, scope, { timezone: "America/Chicago" });
  await removeBlackout(services, scope, own.id);
  await removeBlackout(services, scope, all.id);
  expect(await next()).toBe(before);
  await expect(removeBlackout(services, scope, all.id)).rejects.toMatchObject({ code: "not-found" });
  expect(await withDistrict(services.db, operatorScope(districtId), verifyAudit)).toMatchObject({ brokenAt: null });
});

test("what came due before a blackout began, while no worker ran, is not made up for in it", async () => {
  const { id, add, scope } = await nightly();
  await add(0, 3);
  await sql`update integrations set next_run_at = now() - interval '1 day' where id = ${id}`;
  expect(await requestDueRuns(services)).toEqual({ due: 1, requested: 0 });
  expect((await getIntegration(services, scope, id)).lastRun).toBeNull();
  expect(await requestDueRuns(services)).toEqual({ due: 0, requested: 0 });
});

test("a sync by hand asks first; a preview does not", async () => {
  const { id, add, scope } = await nightly("America/Chicago", null);
  await add(-2, 1, { note: "State testing" });
  expect(await requestRun(services, scope, id, { trigger: "manual" })).toMatchObject({
    ok: false,
    reason: "blackout",
    blackout: { note: "State testing" },
  });
  expect((await getIntegration(services, scope, id)).blackout).toMatchObject({ note: "State testing" });
  expect(await requestRun(services, scope, id, { trigger: "manual", kind: "preview" })).toMatchObject({ ok: true });
  await sql`update sync_runs set state = 'cancelled' where integration_id = ${id}`;
  expect(await requestRun(services, scope, id, { trigger: "manual", duringBlackout: true })).toMatchObject({ ok: true });
});

test("two days before it the admins are told once, whoever looks, and the bell shows it until it is over", async () => {
  const { add, said, scope, districtId, today } = await nightly();
  await add(3, 5);
  await announceBlackouts(services);
  expect(await said()).toEqual([]);
  const { id } = await add(2, 5);
  await Promise.all([1, 2, 3].map(() => announceBlackouts(services)));
  expect(await said()).toEqual(["blackout opened"]);
  expect(await openIncidents(services, scope)).toMatchObject([
    { kind: "blackout", title: expect.stringMatching(/^All|^SIS: no scheduled syncs from/) },
  ]);
  await sql`update blackouts set first_day = ${addDays(today, -9)}::date, last_day = ${addDays(today, -1)}::date where district_id = ${districtId} and id = ${id}`;
  await announceBlackouts(services);
  expect(await openIncidents(services, scope)).toEqual([]);
  expect(await said()).toEqual(["blackout opened"]);
});

test("one that has begun, or stops no schedule, is no news; one that is removed is over", async () => {
  const begun = await nightly();
  await begun.add(0, 5);
  const manual = await nightly("America/Chicago", null);
  await manual.add(1, 5, { isForAll: true });
  const removed = await nightly();
  const { id } = await removed.add(1, 5);
  await announceBlackouts(services);
  expect([await begun.said(), await manual.said(), await removed.said()]).toEqual([[], [], ["blackout opened"]]);
  await removeBlackout(services, removed.scope, id);
  expect(await openIncidents(services, removed.scope)).toEqual([]);
});

test.each([
  [{ firstDay: "2026-12-20", lastDay: "2026-12-19" }, "lastDay"],
  [{ firstDay: "2020-01-01", lastDay: "2020-01-05" }, "lastDay"],
  [{ firstDay: "2099-01-01", lastDay: "2101-01-05" }, "lastDay"],
  [{ firstDay: "20 December", lastDay: "2026-12-19" }, "firstDay"],
  [{ firstDay: "2099-02-30", lastDay: "2099-03-01" }, "firstDay"],
  [{ firstDay: "2099-01-01", lastDay: "2099-01-02", note: " " }, "note"],
])("%j is refused", async (input, field) => {
  const { scope, id } = await nightly();
  await expect(addBlackout(services, scope, id, { note: "Break", ...input })).rejects.toMatchObject({
    code: "invalid",
    fields: { [field]: expect.any(String) },
  });
});
