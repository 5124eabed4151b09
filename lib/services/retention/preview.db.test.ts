import { afterAll, expect, test } from "vitest";
import { newIntegration } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { forgetWithdrawn } from "./forget.ts";
import { holdAccount, listHolds, releaseAccount } from "./holds.ts";
import { nextRetention, previewRetention } from "./preview.ts";
import { purgeExpired } from "./purge.ts";

const clock = { now: new Date("2026-11-20T12:00:00Z") };
const { services, close } = await testServices({ now: () => clock.now });
afterAll(close);
const { db } = services;

const day = 86_400_000;

test("the job's next time is today's or tomorrow's", () => {
  expect(nextRetention(new Date("2026-11-20T03:29:59Z")).toISOString()).toBe("2026-11-20T03:30:00.000Z");
  expect(nextRetention(new Date("2026-11-20T03:30:00Z")).toISOString()).toBe("2026-11-21T03:30:00.000Z");
});

/** Learners who left so many days before the next job, by what let them go last: an admin, a SIS, the end of an integration. */
async function aDistrict() {
  const district = await newDistrict(db);
  const scope = operatorScope(district);
  const integration = await newIntegration(db, district);
  const removed = await newIntegration(db, district);
  const job = nextRetention(clock.now).getTime();
  const ago = (days: number) => new Date(job - days * day).toISOString();
  await db.sql`update integrations set state = 'removed', updated_at = ${ago(365.5)} where id = ${removed}`;
  const [run] = await db.sql<{ id: string }[]>`
    insert into sync_runs (district_id, integration_id, trigger, state) values (${district}, ${integration}, 'manual', 'succeeded') returning id`;
  const ids: Record<string, string> = {};
  const add = async (name: string, left: number, link?: { of: string; rostered: boolean; ended: number | null }) => {
    const [account] = await db.sql<{ id: string }[]>`
      insert into accounts (district_id, role, given_name, family_name, status, deactivated_at)
      values (${district}, 'learner', ${name}, 'Person', 'deactivated', ${ago(left)}) returning id`;
    ids[name] = account?.id ?? "";
    if (link)
      await db.sql`
        insert into source_records (district_id, integration_id, collection, external_id, fate, record_id, rostered, ended_at, run_id, given_name, hash)
        values (${district}, ${link.of}, 'users', ${name}, ${link.rostered ? "rostered" : "withdrawn"}, ${ids[name] ?? ""}, ${link.rostered},
          ${link.ended === null ? null : ago(link.ended)}, ${run?.id ?? ""}, ${name}, 1)`;
  };
  await add("gone", 400, { of: integration, rostered: false, ended: 366 });
  await add("held", 400);
  await add("unmanaged", 400, { of: removed, rostered: true, ended: null });
  await add("tomorrow", 364.5);
  await add("lately", 400, { of: integration, rostered: false, ended: 360.2 });
  await add("still", 400, { of: integration, rostered: true, ended: null });
  await add("later", 300);
  return { district, scope, ids };
}

const names = async (district: string) =>
  (await db.sql<{ name: string }[]>`select given_name as name from accounts where district_id = ${district} order by 1`).map(
    ({ name }) => name,
  );

test("what the page shows is what the job erases, by name and day; who is held stays, with what a SIS said of them", async () => {
  const { district, scope, ids } = await aDistrict();
  await holdAccount(services, scope, ids.held ?? "", { reason: "A complaint is open" });
  await expect(holdAccount(services, scope, ids.gone ?? "", { reason: "" })).rejects.toMatchObject({ code: "invalid" });
  const shown = await previewRetention(services, scope, 1);
  expect(shown).toMatchObject({ retentionDays: 365, nextAt: "2026-11-21T03:30:00.000Z", heldBack: 1, memberships: 0 });
  expect(shown.tonight.rows.map(({ name, leftAt }) => [name, leftAt])).toEqual([
    ["gone Person", "2025-11-20T03:30:00.000Z"],
    ["unmanaged Person", "2025-11-20T15:30:00.000Z"],
  ]);
  expect(shown.coming).toEqual([
    { at: "2026-11-22T03:30:00.000Z", people: 1 },
    { at: "2026-11-26T03:30:00.000Z", people: 1 },
  ]);
  expect((await previewRetention(services, scope, 2, 1)).tonight).toMatchObject({
    total: 2,
    page: 2,
    rows: [{ name: "unmanaged Person" }],
  });
  expect(await listHolds(services, scope)).toMatchObject([
    { accountId: ids.held, name: "held Person", reason: "A complaint is open", heldBy: null },
  ]);

  clock.now = new Date(shown.nextAt);
  const settings = await getDistrict(services, scope);
  expect((await purgeExpired(services, settings)).accounts).toBe(2);
  expect(await names(district)).toEqual(["held", "lately", "later", "still", "tomorrow"]);
  clock.now = new Date("2026-11-22T03:30:00Z");
  expect((await purgeExpired(services, settings)).accounts).toBe(1);
  await releaseAccount(services, scope, ids.held ?? "");
  await expect(releaseAccount(services, scope, ids.held ?? "")).rejects.toMatchObject({ code: "not-found" });
  expect((await purgeExpired(services, settings)).accounts).toBe(1);
  expect(await names(district)).toEqual(["lately", "later", "still"]);
  const audited = await db.sql<{ action: string; details: object }[]>`
    select action, details from audit_entries where district_id = ${district} and action in ('account-held', 'account-released') order by seq`;
  expect([...audited]).toEqual([
    { action: "account-held", details: { reason: "A complaint is open" } },
    { action: "account-released", details: {} },
  ]);
  clock.now = new Date("2026-11-20T12:00:00Z");
});

test("what a SIS said of somebody who is held is not emptied", async () => {
  const { district, scope, ids } = await aDistrict();
  await db.sql`update sync_runs set id = '018c0000-0000-7000-8000-000000000000' where district_id = ${district}`;
  await db.sql`update source_records set run_id = '018c0000-0000-7000-8000-000000000000' where district_id = ${district}`;
  await holdAccount(services, scope, ids.gone ?? "", { reason: "A complaint is open" });
  const { records, nextAt } = await previewRetention(services, scope, 1);
  clock.now = new Date(nextAt);
  expect(await forgetWithdrawn(services, await getDistrict(services, scope))).toBe(records);
  const said = await db.sql`
    select given_name from source_records where district_id = ${district} and given_name is not null order by 1`;
  expect(said.map((row) => row.given_name)).toEqual(["gone", "still"]);
});
