import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import type { Source } from "#lib/engine/sis/source.ts";
import { newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { removeIntegration, setSchedule } from "#lib/services/integrations/write.ts";
import { discardRun } from "#lib/services/runs/decide-plan.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";

const { services, close } = await testServices();
const { sql } = services.db;
afterAll(close);

const schools = (count: number) => ({
  rows: {
    orgs: Array.from({ length: count }, (_, n) => ({ sourcedId: `s${n}`, name: `School ${n}`, type: "school", identifier: `${n}` })),
  },
});
const nothing = schools(3);

function failing(code: "connection" | "authorization-expired" = "connection"): Source {
  return {
    provider: "oneroster-csv",
    async *check() {},
    extract: async () => {
      throw new RunFailure({ code, step: "connect", message: "Nothing listens there.", remedy: "Start it." });
    },
  };
}

async function district() {
  const districtId = await newDistrict(services.db);
  const scope = operatorScope(districtId);
  const admin = await createAdmin(services, scope, { givenName: "Ann", familyName: "Admin", email: `ann-${districtId}@example.org` });
  const id = await newIntegration(services.db, districtId);
  /** A sync as the schedule asks for it, or somebody. */
  const sync = (source: Source | null, trigger: "schedule" | "manual" = "schedule", state = nothing) =>
    syncOnce(services.db, districtId, id, state, { trigger, ...(source && { source }) });
  const messages = () =>
    sql<{ said: string; channel: string | null }[]>`
      select n.kind || ' ' || n.phase as said, d.channel
      from notices n left join deliveries d on d.district_id = n.district_id and d.notice_id = n.id
      where n.district_id = ${districtId} order by n.created_at, n.id`.then((rows) =>
      rows.map(({ said, channel }) => `${said} ${channel}`),
    );
  const open = () =>
    sql<{ kind: string; times: number }[]>`
      select kind, times from incidents where district_id = ${districtId} and closed_at is null order by opened_at`.then((rows) =>
      rows.map(({ kind, times }) => `${kind} ${times}`),
    );
  return { districtId, scope, admin, id, sync, messages, open };
}

test("nights that fail are one incident with one message, and one when a sync gets through", async () => {
  const { sync, messages, open } = await district();
  for (let night = 0; night < 2; night++) await sync(failing());
  expect(await open()).toEqual(["failed 2"]);
  expect(await messages()).toEqual(["failed opened email"]);
  await sync(null);
  expect(await open()).toEqual([]);
  expect(await messages()).toEqual(["failed opened email", "failed over email"]);
  await sync(failing());
  expect(await messages()).toEqual(["failed opened email", "failed over email", "failed opened email"]);
});

test("a schedule slows down at the third failure in a row, is shown so, and a sync by hand restores it", async () => {
  const { id, scope, sync, messages, open } = await district();
  await setSchedule(services, scope, id, "0 * * * *");
  const hoursAhead = async () => {
    const { nextRunAt } = await getIntegration(services, scope, id);
    return (Date.parse(nextRunAt ?? "") - Date.now()) / 3_600_000;
  };
  for (let hour = 0; hour < 2; hour++) await sync(failing());
  expect(await hoursAhead()).toBeLessThanOrEqual(1);
  expect((await getIntegration(services, scope, id)).slowed).toBeNull();
  await sync(failing());
  expect(await hoursAhead()).toBeGreaterThan(1);
  expect((await getIntegration(services, scope, id)).slowed).toEqual({ failuresInRow: 3 });
  expect(await open()).toEqual(["failed 3", "slowed 1"]);
  // Somebody's own try does not count.
  await sync(failing(), "manual");
  expect((await getIntegration(services, scope, id)).slowed).toEqual({ failuresInRow: 3 });
  await sync(failing());
  expect(await hoursAhead()).toBeGreaterThan(3);
  await sync(null, "manual");
  expect(await hoursAhead()).toBeLessThanOrEqual(1);
  expect(await open()).toEqual([]);
  expect(await messages()).toEqual(["failed opened email", "slowed opened email", "failed over email"]);
});

test("an authorization that ended is an incident of its own", async () => {
  const { sync, messages } = await district();
  await sync(failing("authorization-expired"));
  await sync(failing("authorization-expired"));
  await sync(null);
  expect(await messages()).toEqual(["authorization-ended opened email", "authorization-ended over email"]);
});

test("a plan that waits is said once, and that it was decided once; what is read ends that nothing was", async () => {
  const { sync, messages, open, id, scope } = await district();
  await sync(null, "schedule", schools(40));
  await services.db.orm
    .update(integrations)
    .set({ safety: { maxDeactivatedPercent: 1, minDeactivated: 0, withholdDoubtful: false } })
    .where(eq(integrations.id, id));
  await sync(failing());
  const held = await sync(null, "schedule", schools(20));
  const again = await sync(null, "schedule", schools(19));
  expect([held.state, again.state]).toEqual(["held", "held"]);
  expect(await open()).toEqual(["held 2"]);
  expect(await messages()).toEqual(["failed opened email", "failed over email", "held opened email"]);
  await discardRun(services, scope, again.id);
  expect(await open()).toEqual([]);
  expect(await messages()).toEqual(["failed opened email", "failed over email", "held opened email", "held over email"]);
});

test("a later sync that is not held ends the review; a preview says nothing; a removed integration is quiet", async () => {
  const { sync, messages, open, id, scope, districtId } = await district();
  await sync(null, "schedule", schools(40));
  await services.db.orm
    .update(integrations)
    .set({ safety: { maxDeactivatedPercent: 1, minDeactivated: 0, withholdDoubtful: false } })
    .where(eq(integrations.id, id));
  await sync(null, "schedule", schools(20));
  await sync(null, "schedule", schools(40));
  expect(await messages()).toEqual(["held opened email", "held over email"]);
  await syncOnce(services.db, districtId, id, nothing, { kind: "preview", source: failing() });
  expect(await open()).toEqual([]);
  await sync(failing());
  await removeIntegration(services, scope, id);
  expect(await open()).toEqual([]);
  expect(await messages()).toHaveLength(3);
});

test("an admin who does not want a kind, is deactivated or has no address gets none", async () => {
  const { sync, messages, districtId, scope } = await district();
  const other = await createAdmin(services, scope, { givenName: "Bo", familyName: "Admin", email: `bo-${districtId}@example.org` });
  await sql`insert into notice_choices (district_id, account_id, kinds) values (${districtId}, ${other.id}, '{"failed": false}')`;
  await sync(failing());
  expect(await messages()).toEqual(["failed opened email"]);
  await sql`update accounts set status = 'deactivated' where district_id = ${districtId} and id <> ${other.id}`;
  await sync(null);
  expect(await messages()).toEqual(["failed opened email", "failed over null"]);
});
