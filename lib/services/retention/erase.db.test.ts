import { buffer } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, type SyncOptions, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { editPerson } from "#lib/services/edits/write.ts";
import { resealAll } from "#lib/services/integrations/rotate-keys.ts";
import { approveRun } from "#lib/services/runs/decide-plan.ts";
import { findText } from "#lib/services/testing/find-text.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { unzip } from "#lib/services/testing/unzip.ts";
import { listBarred, loadBarred, unbarId } from "./barred-ids.ts";
import { erasePerson, viewErasure } from "./erase.ts";
import { exportPerson } from "./export-person.ts";
import { holdAccount, releaseAccount } from "./holds.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

/** Nothing else in the database is called like this. */
const traces = ["Zebedee", "Quixwell", "zq-sis-4711", "zq-number-815", "zebedee.q@", "zq-class-seat"];
const school: RawRow = { sourcedId: "s1", name: "North", type: "school" };
const room: RawRow = { sourcedId: "c1", title: "Algebra", schoolSourcedId: "s1" };
const him: RawRow = {
  sourcedId: "zq-sis-4711",
  role: "student",
  givenName: "Zebedee",
  familyName: "Quixwell",
  email: "zebedee.q@x.example",
  username: "zebedee.q@x.example",
  identifier: "zq-number-815",
  orgSourcedIds: "s1",
};
const her: RawRow = {
  sourcedId: "p2",
  role: "student",
  givenName: "Given",
  familyName: "Other",
  email: "p2@x.example",
  orgSourcedIds: "s1",
};
const seat: RawRow = { sourcedId: "zq-class-seat", classSourcedId: "c1", userSourcedId: him.sourcedId ?? "", role: "student" };
const state = (user: RawRow = him): SisState => ({
  rows: {
    orgs: [school],
    classes: [room],
    users: [user, her],
    enrollments: [
      seat,
      { ...seat, sourcedId: "zq-class-seat-2", classSourcedId: "no-class" },
      { ...seat, sourcedId: "e2", userSourcedId: "p2" },
    ],
  },
});

async function aDistrict() {
  const district = await newDistrict(db);
  const scope = operatorScope(district);
  const integration = await newIntegration(db, district);
  const loadBarredNow: SyncOptions["loadBarred"] = (one) => loadBarred(services, one.districtId, one.id);
  const sync = (given: SisState, options: SyncOptions = {}) =>
    syncOnce(db, district, integration, given, { loadBarred: loadBarredNow, ...options });
  await sync(state());
  await sync(state({ ...him, familyName: "Quixwell-Old", grades: "99" }));
  await sync(state());
  const [account] = await db.sql<{ id: string }[]>`
    select record_id as id from source_records where integration_id = ${integration} and external_id = ${him.sourcedId ?? ""}`;
  const id = account?.id ?? "";
  await editPerson(services, scope, id, { givenName: "Zebedee Edited" });
  return { district, scope, integration, sync, id };
}

const named = async (district: string) => (await findText(db.sql, traces)).filter((place) => place.includes(district));

test("erased: no table of the database has a trace, a SIS that has them still does not bring them back, until that is lifted", async () => {
  const { district, scope, integration, sync, id } = await aDistrict();
  const waiting = await sync(state({ ...him, familyName: "Quixwell-New" }), { kind: "preview" });
  expect((await named(district)).map((place) => place.split(":")[0]).sort()).toEqual(
    expect.arrayContaining(["public.accounts", "public.kept_values", "public.source_records", "waiting.users"]),
  );
  expect(await viewErasure(services, scope, id)).toMatchObject({
    name: "Zebedee Edited Quixwell",
    memberships: 1,
    integrations: [{ name: "Test SIS", isRostered: true }],
    hold: null,
  });
  const input = { reason: "The family asked for it", name: "zebedee edited  quixwell" };
  await expect(erasePerson(services, scope, id, { ...input, name: "Zebedee" })).rejects.toMatchObject({
    fields: { name: expect.any(String) },
  });
  await holdAccount(services, scope, id, { reason: "A lawsuit" });
  await expect(erasePerson(services, scope, id, input)).rejects.toMatchObject({ code: "precondition" });
  await releaseAccount(services, scope, id);

  expect(await erasePerson(services, scope, id, input)).toEqual({ memberships: 1, links: 2, barred: 1, plansDiscarded: 1 });
  expect(await named(district)).toEqual([]);
  expect(await approveRun(services, scope, waiting.id)).toEqual({ ok: false, reason: "not-waiting" });
  const [entry] = await db.sql`
    select target_id, details from audit_entries where district_id = ${district} and action = 'account-erased'`;
  expect(entry).toMatchObject({ target_id: id, details: { reason: "The family asked for it", barred: 1 } });

  const after = await sync(state());
  expect(after).toMatchObject({ state: "succeeded", changeCount: 0 });
  expect(after.timeline.map(({ note }) => note)).toContain("3 rows left out: about people who were erased on request");
  expect(await named(district)).toEqual([]);

  const [barred] = await listBarred(services, scope);
  expect(barred).toMatchObject({ integrationId: integration, reason: "The family asked for it", barredBy: null });
  await unbarId(services, scope, barred?.id ?? "");
  expect((await sync(state())).totals?.learner).toMatchObject({ created: 1 });
  expect(await named(district)).not.toEqual([]);
});

test("without barring the next sync makes them anew; the key of what is barred is rotated with the others", async () => {
  const { district, scope, integration, sync, id } = await aDistrict();
  await erasePerson(services, scope, id, { reason: "Moved", name: "Zebedee Edited Quixwell", bar: false });
  expect(await listBarred(services, scope)).toEqual([]);
  expect((await sync(state())).totals?.learner).toMatchObject({ created: 1 });
  const [again] = await db.sql<{ id: string }[]>`
    select id from accounts where district_id = ${district} and family_name = 'Quixwell'`;
  expect(again?.id).not.toBe(id);
  await erasePerson(services, scope, again?.id ?? "", { reason: "Again", name: "Zebedee Quixwell" });
  const [before] = await db.sql<{ key: string }[]>`select barring_key as key from districts where id = ${district}`;
  const keyring = { current: "new", keys: new Map([["new", Buffer.alloc(32, 7)], ...services.keyring.keys]) };
  await resealAll({ ...services, keyring });
  const [after] = await db.sql<{ key: string }[]>`select barring_key as key from districts where id = ${district}`;
  expect([before?.key.startsWith("new:"), after?.key.startsWith("new:")]).toEqual([false, true]);
  expect((await loadBarred({ db, keyring }, district, integration))?.has(him.sourcedId ?? "")).toBe(true);
  await resealAll(services);
});

test("not while a sync is running, and nobody whom another district has", async () => {
  const { district, scope, integration, id } = await aDistrict();
  const input = { reason: "Asked", name: "Zebedee Edited Quixwell" };
  await expect(erasePerson(services, operatorScope(await newDistrict(db)), id, input)).rejects.toMatchObject({ code: "not-found" });
  const [run] = await db.sql<{ id: string }[]>`
    insert into sync_runs (district_id, integration_id, trigger, state) values (${district}, ${integration}, 'manual', 'running') returning id`;
  await expect(erasePerson(services, scope, id, input)).rejects.toMatchObject({ code: "conflict" });
  await db.sql`delete from sync_runs where id = ${run?.id ?? ""}`;
});

test("one person's data comes as an archive of JSON and CSV, with formulas made harmless, and stands in the audit log", async () => {
  const { district, scope, id } = await aDistrict();
  await editPerson(services, scope, id, { middleName: "=HYPERLINK(1)" });
  const files = await unzip(await buffer(await exportPerson(services, scope, id)));
  expect(Object.keys(files).sort()).toEqual(
    [
      "account",
      "audit-log",
      "changes-by-syncs",
      "decisions",
      "edits",
      "issues",
      "kept-values",
      "memberships",
      "own-accounts",
      "second-factors",
      "sessions",
      "what-each-sis-said",
      "who-looked",
    ]
      .flatMap((name) => [`${name}.csv`, `${name}.json`])
      .sort(),
  );
  const [account] = JSON.parse(files["account.json"] ?? "");
  expect(account).toMatchObject({
    id,
    given_name: "Zebedee Edited",
    email: "zebedee.q@x.example",
    schools: ["North"],
    has_password: false,
  });
  expect(account).not.toHaveProperty("password_hash");
  expect(files["account.csv"]).toContain("'=HYPERLINK(1)");
  expect(JSON.parse(files["memberships.json"] ?? "")).toMatchObject([{ classroom: "Algebra", school: "North" }]);
  expect(JSON.parse(files["what-each-sis-said.json"] ?? "")).toHaveLength(2);
  expect(JSON.parse(files["changes-by-syncs.json"] ?? "").length).toBeGreaterThan(2);
  expect(JSON.parse(files["edits.json"] ?? "")).toHaveLength(2);
  expect(files["audit-log.json"]).toContain("account-exported");
  expect(Object.values(files).join("")).not.toContain("p2@x.example");
  await expect(exportPerson(services, operatorScope(await newDistrict(db)), id)).rejects.toMatchObject({ code: "not-found" });
  expect(await db.sql`select from audit_entries where district_id = ${district} and action = 'account-exported'`).toHaveLength(1);
});
