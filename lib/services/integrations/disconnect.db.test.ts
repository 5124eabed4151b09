import { afterAll, expect, test } from "vitest";
import { executeNow, newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { archiveClassroom } from "#lib/services/edits/standing.ts";
import { editPerson } from "#lib/services/edits/write.ts";
import { listChanges } from "#lib/services/runs/changes.ts";
import { approveRun } from "#lib/services/runs/decide-plan.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { previewUndo } from "#lib/services/runs/undo.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { disconnectIntegration, disconnectNumbers } from "./disconnect.ts";
import { getIntegration } from "./read.ts";
import { pauseIntegration } from "./write.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const school: RawRow = { sourcedId: "s1", name: "North", type: "school", identifier: "17" };
const person = (id: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: "Given",
  familyName: id,
  email: `${id}@x.example`,
  identifier: id,
  orgSourcedIds: "s1",
  ...fields,
});
const room = (id: string): RawRow => ({ sourcedId: id, title: `Class ${id}`, schoolSourcedId: "s1" });
const seat = (who: string, where: string): RawRow => ({
  sourcedId: `${who}-${where}`,
  classSourcedId: where,
  userSourcedId: who,
  role: "student",
});
const sis: SisState = {
  rows: {
    orgs: [school],
    classes: [room("c1"), room("c2")],
    users: [person("p1"), person("p2"), person("p3"), person("t1", { role: "teacher" }), person("nobody", { role: "visitor" })],
    enrollments: [seat("p1", "c1"), seat("p2", "c1"), seat("p3", "c2")],
  },
};

async function aDistrict(setUp: { readonly isStrict?: boolean } = {}) {
  const district = await newDistrict(db);
  const scope = operatorScope(district);
  const integration = await newIntegration(
    db,
    district,
    setUp.isStrict ? { maxDeactivatedPercent: 0, minDeactivated: 0, additionsOnly: true } : undefined,
  );
  await syncOnce(db, district, integration, sis);
  const other = await newIntegration(db, district);
  // The second has the school and one of the learners, too.
  await syncOnce(db, district, other, { rows: { orgs: [school], users: [person("p2", { sourcedId: "x2", familyName: "p2" })] } });
  const idOf = async (externalId: string) => {
    const [row] = await db.sql<{ id: string }[]>`
      select record_id as id from source_records where integration_id = ${integration} and external_id = ${externalId}`;
    return row?.id ?? "";
  };
  const statuses = async () => {
    const rows = await db.sql<{ name: string; status: string; by: string | null }[]>`
      select family_name as name, status, deactivated_by as by from accounts where district_id = ${district}
      union all select name, status, deactivated_by from classrooms where district_id = ${district}
      union all select name, status, null from schools where district_id = ${district} order by 1`;
    return rows.map(({ name, status, by }) => `${name} ${status}${by === null ? "" : ` by ${by}`}`);
  };
  const audited = async () => {
    const rows = await db.sql<{ details: Record<string, unknown> }[]>`
      select details from audit_entries where district_id = ${district} and action = 'integration-removed'`;
    return rows.map(({ details }) => details);
  };
  return { district, scope, integration, other, idOf, statuses, audited };
}

const alone = (counts: Awaited<ReturnType<typeof disconnectNumbers>>["counts"]) =>
  Object.fromEntries(counts.filter((one) => one.alone + one.shared > 0).map((one) => [one.kind, [one.alone, one.shared, one.edited]]));

test("left as they are: everybody stays, unmanaged since then, and what waited ends", async () => {
  const { scope, integration, statuses, audited, district } = await aDistrict();
  const before = await statuses();
  const numbers = await disconnectNumbers(services, scope, integration);
  expect(alone(numbers.counts)).toEqual({ learner: [2, 1, 0], teacher: [1, 0, 0], classroom: [2, 0, 0], school: [0, 1, 0] });
  expect(numbers).toMatchObject({ others: ["Test SIS"], ends: { unplaced: 1 } });
  const held = await syncOnce(
    db,
    district,
    integration,
    { rows: { ...sis.rows, users: [person("p1", { familyName: "Other" })] } },
    { kind: "preview" },
  );
  await expect(
    disconnectIntegration(services, scope, integration, { people: "leave", reason: " " }, { isPreview: false }),
  ).rejects.toMatchObject({ code: "invalid" });

  expect(await disconnectIntegration(services, scope, integration, { people: "leave", reason: "New SIS" }, { isPreview: false })).toEqual({
    ok: true,
    runId: null,
  });
  expect(await statuses()).toEqual(before);
  await expect(getIntegration(services, scope, integration)).rejects.toMatchObject({ code: "not-found" });
  expect((await getRun(services, scope, held.id)).state).toBe("discarded");
  expect(await db.sql`select from source_records where integration_id = ${integration} and record_id is null`).toHaveLength(0);
  expect(await audited()).toEqual([{ people: "leave", reason: "New SIS" }]);
});

test("deactivated: previewed by kind, not held by any limit, applied exactly, and the integration ends with it", async () => {
  const { district, scope, integration, idOf, statuses, audited } = await aDistrict({ isStrict: true });
  await archiveClassroom(services, scope, await idOf("c2"), { reason: "Not used" });
  await editPerson(services, scope, await idOf("p1"), { familyName: "Edited" });
  await pauseIntegration(services, scope, integration);
  expect(alone((await disconnectNumbers(services, scope, integration)).counts)).toMatchObject({ learner: [2, 1, 1], classroom: [1, 0, 0] });

  const input = { people: "deactivate", reason: "The contract ended" };
  const preview = await disconnectIntegration(services, scope, integration, input, { isPreview: true });
  if (!preview.ok || preview.runId === null) throw new Error("no preview");
  const planned = await executeNow(db, district, preview.runId, { rows: {} });
  expect(planned).toMatchObject({ state: "previewed", failure: null });
  expect(planned.totals?.learner).toMatchObject({ deactivated: 2 });
  expect(planned.totals?.classroom).toMatchObject({ deactivated: 1 });
  expect(planned.totals?.school).toMatchObject({ deactivated: 0 });
  const listed = await listChanges(services, scope, planned.id, { page: 1, entity: "learner", search: "Edited" });
  expect(listed.rows.map(({ action, label }) => [action, label])).toEqual([["deactivated", "Given Edited"]]);
  expect((await disconnectNumbers(services, scope, integration)).plannedRunId).toBe(planned.id);
  expect((await getIntegration(services, scope, integration)).state).toBe("paused");

  const approved = await approveRun(services, scope, planned.id);
  if (!approved.ok) throw new Error(approved.reason);
  const done = await executeNow(db, district, approved.runId, { rows: {} });
  expect(done).toMatchObject({
    state: "succeeded",
    failure: null,
    changeCount: planned.changeCount,
    disconnectReason: "The contract ended",
  });
  expect(await statuses()).toEqual([
    "Class c1 deactivated by sync",
    "Class c2 deactivated by admin",
    "Edited deactivated by sync",
    "North active",
    "p2 active",
    "p3 deactivated by sync",
    "t1 deactivated by sync",
  ]);
  await expect(getIntegration(services, scope, integration)).rejects.toMatchObject({ code: "not-found" });
  const [row] = await db.sql`select state, secrets, cursor, next_run_at from integrations where id = ${integration}`;
  expect(row).toEqual({ state: "removed", secrets: {}, cursor: null, next_run_at: null });
  expect([...(await db.sql`select code from issues where integration_id = ${integration} and key <> ''`)]).toEqual([]);
  expect(await audited()).toEqual([{ people: "deactivate", reason: "The contract ended", runId: done.id, deactivated: 7 }]);
  await expect(previewUndo(services, scope, done.id)).rejects.toThrow("The integration was removed");
});

test("without a preview it is one run; a sync that is under way is told", async () => {
  const { district, scope, integration, statuses } = await aDistrict();
  const input = { people: "deactivate", reason: "Closed" };
  const queued = await disconnectIntegration(services, scope, integration, input, { isPreview: false, trigger: "command-line" });
  if (!queued.ok || queued.runId === null) throw new Error("no run");
  expect(await disconnectIntegration(services, scope, integration, input, { isPreview: true })).toEqual({
    ok: false,
    reason: "already-running",
    runId: queued.runId,
  });
  const done = await executeNow(db, district, queued.runId, { rows: {} });
  expect(done).toMatchObject({ state: "succeeded", kind: "sync" });
  expect((await statuses()).filter((one) => one.includes(" active"))).toEqual(["North active", "p2 active"]);
});
