import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import type { ClaimedRun } from "#lib/engine/sync/lease.ts";
import { executeNow, newIntegration, type RawRow, type SisState, type SyncOptions, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { deactivateAccount, setPassword } from "#lib/services/accounts/write.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { pauseIntegration, removeIntegration, resumeIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { brokenRules, takeSnapshot } from "#lib/services/testing/undo.ts";
import { listChanges } from "./changes.ts";
import { listIssues } from "./issues.ts";
import { getRun, listRuns } from "./read.ts";
import { reapLostRuns } from "./reap.ts";
import { tryAgain } from "./retry.ts";
import { previewUndo, requestUndo } from "./undo.ts";
import { requestRun } from "./write.ts";

const isOnCitus = inject("citusWorkerUrls").length > 0;
const { services, close } = await testServices();
const { db } = services;
const folder = await mkdtemp(join(tmpdir(), "aivo-undo-"));
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

const school: RawRow = { sourcedId: "s1", name: "North", type: "school", identifier: "1" };
const room = (id: string, fields: RawRow = {}): RawRow => ({ sourcedId: id, title: `Class ${id}`, schoolSourcedId: "s1", ...fields });
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
const seat = (who: string, where = "c1"): RawRow => ({
  sourcedId: `${who}-${where}`,
  classSourcedId: where,
  userSourcedId: who,
  role: "student",
});
const sis = (users: readonly RawRow[], enrollments: readonly RawRow[] = [], classes: readonly RawRow[] = [room("c1")]): SisState => ({
  rows: { orgs: [school], classes, users, enrollments },
});

async function aDistrict() {
  const district = await newDistrict(db);
  const scope = operatorScope(district);
  const integration = await newIntegration(db, district);
  const sync = (state: SisState, of = integration) => syncOnce(db, district, of, state);
  const look = (of = integration) => takeSnapshot(services, district, of, folder);
  const undo = async (run: ClaimedRun, options: SyncOptions = {}, shown: string | null = null) => {
    const requested = await requestUndo(services, scope, run.id, { reason: "It was wrong", shown });
    if (!requested.ok) throw new Error(requested.reason);
    return executeNow(db, district, requested.runId, { rows: {} }, options);
  };
  const idOf = async (externalId: string, of = integration) => {
    const [row] = await db.sql<{ id: string }[]>`
      select record_id as id from source_records where integration_id = ${of} and external_id = ${externalId}`;
    return row?.id ?? "";
  };
  return { district, scope, integration, sync, look, undo, idOf };
}

test("a sync is taken back: counted before, told on both pages, paused with the reason, and done again once resumed", async () => {
  const { scope, integration, sync, look, undo } = await aDistrict();
  await sync(sis([person("p1"), person("p2")], [seat("p1"), seat("p2")]));
  const before = await look();
  const later = sis([person("p1", { familyName: "Married" }), person("p3")], [seat("p1"), seat("p3")], [room("c1"), room("c2")]);
  const run = await sync(later);
  await sync(later);

  const preview = await previewUndo(services, scope, run.id);
  expect(preview).toMatchObject({
    number: 2,
    alsoTakenBack: 1,
    leftAloneCount: 0,
    leftAlone: [],
    discards: [],
    changeCount: run.changeCount,
  });
  expect(preview.totals.learner).toMatchObject({ removed: 1, updated: 1, reactivated: 1 });
  expect(preview.totals.classroom).toMatchObject({ removed: 1 });
  expect(await look()).not.toEqual(before);
  expect((await getRun(services, scope, run.id)).undo).toEqual({ isRecent: true });

  const undone = await undo(run, {}, preview.shown);
  expect(undone).toMatchObject({ state: "succeeded", number: 4, changeCount: run.changeCount, undoReason: "It was wrong" });
  expect(await look()).toEqual(before);
  const detail = await getRun(services, scope, undone.id);
  expect(detail).toMatchObject({ kind: "undo", undoOf: { id: run.id, number: 2 }, undoReason: "It was wrong", undo: null });
  expect(await getRun(services, scope, run.id)).toMatchObject({ takenBackBy: { id: undone.id, number: 4 }, undo: null });
  const history = await listRuns(services, scope, integration, { page: 1 });
  expect(history.rows.map(({ number, takenBackBy }) => [number, takenBackBy?.number ?? null])).toEqual([
    [4, null],
    [3, 4],
    [2, 4],
    [1, null],
  ]);
  expect(await getIntegration(services, scope, integration)).toMatchObject({
    state: "paused",
    health: "paused",
    pausedBy: { runId: undone.id, number: 4, undoneId: run.id, undoneNumber: 2, reason: "It was wrong" },
  });
  expect(await requestRun(services, scope, integration, { trigger: "manual" })).toEqual({ ok: false, reason: "paused" });
  const { rows } = await listChanges(services, scope, undone.id, { entity: "learner", page: 1 });
  expect(rows.map(({ action, externalId, fields }) => [action, externalId, fields])).toEqual([
    ["removed", "p3", []],
    ["reactivated", "p2", [{ field: "Status", before: "Deactivated", after: "Active" }]],
    ["updated", "p1", [{ field: "Last name", before: "Married", after: "p1" }]],
  ]);
  // What the undone run created is told by the id in the SIS.
  const removed = await listChanges(services, scope, run.id, { entity: "learner", action: "created", page: 1 });
  expect(removed.rows).toMatchObject([{ externalId: "p3", record: null }]);

  await resumeIntegration(services, scope, integration);
  expect((await getIntegration(services, scope, integration)).pausedBy).toBeNull();
  const again = await sync(later);
  expect(again.totals).toEqual(run.totals);
});

test("what a person or another sync changed since is listed with why, and left alone", async () => {
  const { district, scope, sync, undo, idOf } = await aDistrict();
  await sync(sis([person("p1"), person("p2"), person("p3")], [seat("p1")]));
  const changed = (id: string) => person(id, { familyName: `${id} new` });
  const run = await sync(
    sis(
      ["p1", "p2", "p3", "p4", "p5", "p6"].map(changed),
      ["p1", "p4", "p5", "p6"].map((id) => seat(id)),
    ),
  );
  const ids = Object.fromEntries(await Promise.all(["p1", "p2", "p3", "p4", "p5", "p6"].map(async (id) => [id, await idOf(id)])));
  await deactivateAccount(services, scope, ids.p1);
  await setPassword(services, scope, ids.p4, "a long enough password");
  const other = await newIntegration(db, district);
  await sync({ rows: { orgs: [school], users: [person("x5", { email: "p5@x.example", identifier: "p5", familyName: "p5 new" })] } }, other);
  expect(await idOf("x5", other)).toBe(ids.p5);

  const preview = await previewUndo(services, scope, run.id);
  expect(preview.leftAlone.map(({ externalId, why }) => [externalId, why])).toEqual([
    ["p1", "changed since, by hand"],
    ["p4", "somebody can sign in with it"],
    ["p5", "Test SIS has it, too"],
  ]);
  expect(preview.leftAloneCount).toBe(3);
  expect((await previewUndo(services, scope, run.id, 1)).leftAlone).toHaveLength(1);
  const undone = await undo(run, {}, preview.shown);
  expect(undone.state).toBe("succeeded");
  const people = await db.sql<{ id: string; name: string }[]>`
    select id, family_name as name from accounts where district_id = ${district} order by 2`;
  expect(people.map(({ name }) => name)).toEqual(["p1 new", "p2", "p3", "p4 new", "p5 new"]);
  expect(people.map(({ id }) => id)).not.toContain(ids.p6);
  expect(await brokenRules(db, district)).toEqual([]);
  const { rows } = await listChanges(services, scope, undone.id, { action: "left-alone", page: 1 });
  expect(rows.map(({ label, reason }) => [label, reason]).sort()).toEqual([
    ["Given p1 new", "changed since, by hand"],
    ["Given p4 new", "somebody can sign in with it"],
    ["Given p5 new", "Test SIS has it, too"],
  ]);
});

test("a new record stays while others need it that stay", async () => {
  const { scope, sync, idOf, undo, district } = await aDistrict();
  await sync(sis([person("p1")], []));
  const run = await sync(sis([person("p1"), person("p2")], [seat("p2", "c2")], [room("c1"), room("c2")]));
  const membership = await idOf("p2-c2");
  await db.sql`update memberships set role = 'co-teacher', updated_at = now() where district_id = ${district} and id = ${membership}`;
  const preview = await previewUndo(services, scope, run.id);
  expect(preview.leftAlone.map(({ entity, why }) => [entity, why])).toEqual([
    ["classroom", "people are in it who stay"],
    ["learner", "it is in a classroom that stays"],
    ["membership", "changed since, by hand"],
  ]);
  await undo(run);
  expect(await brokenRules(db, district)).toEqual([]);
});

test("others' changes after the preview stop it, with nothing changed", async () => {
  const { scope, sync, look, undo, idOf } = await aDistrict();
  await sync(sis([person("p1")]));
  const run = await sync(sis([person("p1", { familyName: "Other" }), person("p2")]));
  const { shown } = await previewUndo(services, scope, run.id);
  await deactivateAccount(services, scope, await idOf("p2"));
  const before = await look();
  const stopped = await undo(run, {}, shown);
  expect(stopped).toMatchObject({ state: "failed", failure: { code: "roster-changed" } });
  expect(await look()).toEqual(before);
});

// Citus takes no trigger like this one on a distributed table.
test.skipIf(isOnCitus)("an end of the connection in the middle changes nothing, and it is tried again", async () => {
  const { district, scope, integration, sync, look, undo } = await aDistrict();
  await sync(sis([person("p1")]));
  const run = await sync(sis([person("p1", { familyName: "Other" }), person("p2")]));
  const before = await look();
  await db.sql.unsafe(`
    create function die() returns trigger language plpgsql security definer as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
    create trigger die before update on integrations for each row when (new.paused_by_run_id is not null) execute function die()`);
  const retried: (string | null)[] = [];
  const broken = await undo(run, {
    tryAgain: async (tx, claimed, failure) => retried.push(await tryAgain(services, tx, claimed, failure)),
  });
  await db.sql.unsafe("drop trigger die on integrations; drop function die()");
  expect(broken).toMatchObject({ state: "failed", failure: { code: "database" }, changeCount: 0 });
  expect(await look()).toEqual(before);
  expect((await getIntegration(services, scope, integration)).state).toBe("active");
  // It is tried again by itself, as what it was.
  const again = await executeNow(db, district, retried[0] ?? "", { rows: {} });
  expect(again).toMatchObject({ state: "succeeded", kind: "undo", undoOf: run.id, undoReason: "It was wrong", retryOf: broken.id });
});

test("an undo whose worker is gone is asked for again, also while its integration is paused", async () => {
  const { district, scope, integration, sync } = await aDistrict();
  const run = await sync(sis([person("p1")]));
  await pauseIntegration(services, scope, integration);
  const requested = await requestUndo(services, scope, run.id, {});
  await db.sql`
    update sync_runs set state = 'applying', worker_id = 'gone', started_at = now() - interval '2 minutes',
      heartbeat_at = now() - interval '1 minute' where district_id = ${district} and id = ${requested.runId}`;
  await reapLostRuns(services);
  expect((await getRun(services, scope, requested.runId)).retriedAs).not.toBeNull();
});

test("the latest first, then the one before; never twice, never while another runs, never of a removed integration", async () => {
  const { district, scope, integration, sync, look, undo } = await aDistrict();
  const empty = await look();
  const first = await sync(sis([person("p1")]));
  const between = await look();
  const second = await sync(sis([person("p1"), person("p2")]));
  const refusal = (run: ClaimedRun) => requestUndo(services, scope, run.id, {}).then(String, (error) => error.message);
  expect(await refusal(first)).toBe("Sync 2 changed the roster after it, and is to be taken back first.");
  const running = await requestRun(services, scope, integration, { trigger: "manual" });
  const active = running.ok ? running.runId : "";
  expect(await requestUndo(services, scope, second.id, {})).toEqual({ ok: false, reason: "already-running", runId: active });
  await executeNow(db, district, active, sis([person("p1"), person("p2")]));

  const held = await syncOnce(db, district, integration, sis([person("p1")]), { kind: "preview" });
  expect((await previewUndo(services, scope, second.id)).discards).toEqual([held.number]);
  const undone = await undo(second);
  expect((await getRun(services, scope, held.id)).state).toBe("discarded");
  expect(await look()).toEqual(between);
  expect(await refusal(second)).toBe("This sync was taken back already.");
  expect(await refusal(undone)).toBe("This sync changed nothing in the roster, so there is nothing to take back.");
  // The integration is paused, and the one before can be taken back all the same.
  await undo(first);
  expect(await look()).toEqual(empty);
  await resumeIntegration(services, scope, integration);
  const anew = await sync(sis([person("p1")]));
  expect(anew.totals).toEqual(first.totals);
  await removeIntegration(services, scope, integration);
  expect(await refusal(anew)).toContain("was removed");
});

test("an approval, and an id that leads to somebody else by a decision, are taken back", async () => {
  const { district, integration, sync, look, undo, idOf } = await aDistrict();
  await sync(sis([person("p1"), person("p2")], [seat("p1")]));
  const stranger = person("p1", { givenName: "Quite", familyName: "Other", identifier: "99", email: "other@x.example" });
  await sync(sis([stranger, person("p2")], [seat("p1")]));
  await db.sql`
    insert into match_decisions (district_id, integration_id, external_id, evidence, account_id, verdict, reason)
    select district_id, integration_id, external_id, conflict ->> 'evidence', record_ids[1], 'somebody-else', 'Seen' from issues
    where integration_id = ${integration} and code = 'match-takeover'`;
  const before = await look();
  const account = await idOf("p1");
  const preview = await syncOnce(db, district, integration, sis([stranger, person("p2")], [seat("p1")]), { kind: "preview" });
  const run = await syncOnce(db, district, integration, { rows: {} }, { kind: "approval", planRunId: preview.id });
  expect(run.state).toBe("succeeded");
  expect(await idOf("p1")).not.toBe(account);
  const undone = await undo(run);
  expect(undone.state).toBe("succeeded");
  expect(await look()).toEqual(before);
  expect(await idOf("p1")).toBe(account);
});

test("issues that it opened are closed by the undo, and those that it closed are open again; each page says its own", async () => {
  const { scope, sync, look, undo } = await aDistrict();
  const first = await sync(sis([person("p1", { email: "no address" })], []));
  const before = await look();
  const run = await sync(sis([person("p1"), person("p2", { role: "wizard" })], []));
  const undone = await undo(run);
  expect(await look()).toEqual(before);
  const states = async (id: string) =>
    (await listIssues(services, scope, id, { sort: "found", page: 1 })).rows.flatMap(({ externalId, state }) =>
      externalId ? [[externalId, state]] : [],
    );
  expect(await states(first.id)).toEqual([["p1", "new"]]);
  expect(await states(run.id)).toEqual([["p2", "new"]]);
  expect(await states(undone.id)).toEqual([["p1", "new"]]);
  expect(undone).toMatchObject({ issueCount: first.issueCount, issuesOpened: 1, issuesResolved: 1 });
});

test("what is no longer kept is not taken back by halves", async () => {
  const { district, scope, sync } = await aDistrict();
  await sync(sis([person("p1")]));
  const run = await sync(sis([person("p1", { familyName: "New" })]));
  await db.sql`delete from source_record_changes where district_id = ${district} and run_id = ${run.id}`;
  expect((await getRun(services, scope, run.id)).undo).toBeNull();
  await expect(previewUndo(services, scope, run.id)).rejects.toMatchObject({ code: "precondition" });
});
