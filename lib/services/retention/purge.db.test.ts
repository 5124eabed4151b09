import { and, eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { auditEntries } from "#lib/platform/db/schema/audit.ts";
import { accounts, memberships } from "#lib/platform/db/schema/roster.ts";
import { issues, runChanges, syncRuns } from "#lib/platform/db/schema/runs.ts";
import { sourceRecordChanges, sourceRecords } from "#lib/platform/db/schema/source-records.ts";
import { uuidv7At } from "#lib/platform/testing/database.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { purgeExpired } from "./purge.ts";

const now = new Date("2026-11-20T12:00:00Z");
const { services, close } = await testServices({ now: () => now });
afterAll(close);

const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

/** A district that keeps data for 365 days, with a sync that knows three learners: long gone, lately gone, here. */
async function district() {
  const scope = operatorScope(await newDistrict(services.db));
  const { districtId } = scope;
  const { id: integrationId } = await addIntegration(services, scope, {
    name: "SIS",
    provider: "oneroster-csv",
    credentials: someCredentials,
  });
  const [run] = await services.db.orm
    .insert(syncRuns)
    .values({ districtId, integrationId, trigger: "manual", state: "succeeded" })
    .returning({ id: syncRuns.id });
  const runId = run?.id ?? "";
  const ids: Record<string, string> = {};
  for (const [name, gone] of [
    ["long", daysAgo(366)],
    ["lately", daysAgo(364)],
    ["here", null],
  ] as const) {
    const lifecycle = gone ? { status: "deactivated" as const, deactivatedAt: gone } : {};
    const [account] = await services.db.orm
      .insert(accounts)
      .values({ districtId, role: "learner", givenName: name, familyName: "Secret", ...lifecycle })
      .returning({ id: accounts.id });
    const accountId = account?.id ?? "";
    ids[name] = accountId;
    const [membership] = await services.db.orm
      .insert(memberships)
      .values({ districtId, classroomId: districtId, accountId, role: "learner" })
      .returning({ id: memberships.id });
    const link = { districtId, integrationId, matchedBy: "created" as const, runId };
    await services.db.orm.insert(sourceRecords).values([
      {
        ...link,
        collection: "users",
        fate: "rostered",
        externalId: `sis-${name}`,
        recordId: accountId,
        rostered: gone === null,
        endedAt: gone,
      },
      {
        ...link,
        collection: "enrollments",
        fate: "withdrawn",
        externalId: `enrollment-${name}`,
        recordId: membership?.id ?? "",
        rostered: false,
        endedAt: gone,
      },
    ]);
    // A run of today, one of another month, and one whose month has no partition.
    const runIds = await services.db.sql.unsafe<{ id: string }[]>(`select id from unnest(array[
      '${runId}'::uuid, ${uuidv7At("now() + interval '40 days'")}, ${uuidv7At("now() - interval '20 years'")}]) id`);
    await services.db.orm.insert(runChanges).values(
      runIds.map(({ id }) => ({
        districtId,
        runId: id,
        entity: "learner" as const,
        action: "created" as const,
        recordId: accountId,
        externalId: `sis-${name}`,
        reason: "new in the SIS",
        after: { given_name: name },
      })),
    );
    const change = { districtId, changes: ["content" as const], before: { given_name: name, external: `sis-${name}` } };
    await services.db.orm.insert(sourceRecordChanges).values(
      runIds.flatMap(({ id }) => [
        { ...change, runId: id, collection: "users" as const, externalId: `sis-${name}`, recordId: accountId },
        { ...change, runId: id, collection: "enrollments" as const, externalId: `enrollment-${name}`, recordId: membership?.id ?? "" },
      ]),
    );
    const opened = { openedRunId: runId, openedNumber: 1, isRead: true };
    const issue = {
      districtId,
      integrationId,
      runId,
      ...opened,
      severity: "warning" as const,
      sourcePart: "users.csv",
      sourcePosition: 2,
      kept: "kept",
    };
    await services.db.orm.insert(issues).values([
      { ...issue, code: "email-invalid", collection: "users", key: `sis-${name}`, externalId: `sis-${name}`, value: `${name}@secret` },
      {
        ...issue,
        code: "match-contested",
        collection: "users",
        key: `another-${name}`,
        externalId: "another",
        value: `contested-${name}`,
        recordIds: [accountId],
      },
      {
        ...issue,
        code: "date-invalid",
        collection: "enrollments",
        key: `enrollment-${name}`,
        externalId: `enrollment-${name}`,
        value: `date-${name}`,
      },
    ]);
  }
  return { scope, districtId, integrationId, ids };
}

test("who is gone for longer than the period is removed, with every value about them; nobody else is touched", async () => {
  const { scope, districtId, ids } = await district();
  const other = await district();
  const before = await getDistrict(services, scope);
  expect(await purgeExpired(services, before)).toEqual({ accounts: 1, memberships: 1, links: 2 });

  const left = await services.db.orm.select({ id: accounts.id }).from(accounts).where(eq(accounts.districtId, districtId));
  expect(left.map((account) => account.id).sort()).toEqual([ids.lately, ids.here].sort());
  const history = JSON.stringify([
    await services.db.orm.select().from(runChanges).where(eq(runChanges.districtId, districtId)),
    await services.db.orm.select().from(issues).where(eq(issues.districtId, districtId)),
    await services.db.orm.select().from(sourceRecords).where(eq(sourceRecords.districtId, districtId)),
    await services.db.orm.select().from(sourceRecordChanges).where(eq(sourceRecordChanges.districtId, districtId)),
  ]);
  for (const trace of ["sis-long", "enrollment-long", "long@secret", "contested-long", "date-long", '"given_name":"long"'])
    expect(history).not.toContain(trace);
  for (const trace of ["sis-lately", "contested-lately", "date-here", '"given_name":"here"']) expect(history).toContain(trace);
  const emptied = await services.db.sql<{ part: string; emptied: number; all: number }[]>`
    select tableoid::regclass::text as part, count(*) filter (where after is null)::int as emptied, count(*)::int as all
    from run_changes where district_id = ${districtId} group by 1`;
  expect(emptied.map(({ emptied, all }) => [emptied, all])).toEqual([
    [1, 3],
    [1, 3],
    [1, 3],
  ]);
  const [kept] = await services.db.sql`
    select count(*)::int as all, (count(*) filter (where before is null))::int as emptied from source_record_changes where district_id = ${districtId}`;
  expect(kept).toEqual({ all: 18, emptied: 6 });
  expect(await services.db.orm.select().from(issues).where(eq(issues.districtId, districtId))).toHaveLength(9);
  expect(await services.db.orm.select().from(accounts).where(eq(accounts.districtId, other.districtId))).toHaveLength(3);

  const purges = await services.db.orm
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.districtId, districtId), eq(auditEntries.action, "accounts-purged")));
  expect(purges.map((entry) => entry.details)).toEqual([{ accounts: 1, memberships: 1, links: 2, retentionDays: 365 }]);
});

test("a second time there is nothing to do, and nothing is recorded", async () => {
  const { scope, districtId } = await district();
  const settings = await getDistrict(services, scope);
  await purgeExpired(services, settings);
  expect(await purgeExpired(services, settings)).toEqual({ accounts: 0, memberships: 0, links: 0 });
  const purges = await services.db.orm
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.districtId, districtId), eq(auditEntries.action, "accounts-purged")));
  expect(purges).toHaveLength(1);
});
