import { afterAll, beforeEach, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { originsOf } from "#lib/services/origins/read.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { getOrder, previewOrder, setOrder } from "./order.ts";
import { pauseIntegration, removeIntegration, resumeIntegration } from "./write.ts";

/** Who supplies a record that several integrations roster: the first of them that is active. */
const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const orgs = [{ sourcedId: "north", name: "North High", type: "school", identifier: "17" }];
const classes = [{ sourcedId: "c", title: "Algebra", schoolSourcedId: "north" }];
const ada: RawRow = { sourcedId: "ada", role: "student", givenName: "Ada", familyName: "Lovelace", email: "ada@example.org" };
const enrolled = (userSourcedId: string, beginDate: string): RawRow => ({
  sourcedId: `e-${userSourcedId}`,
  classSourcedId: "c",
  userSourcedId,
  role: "student",
  beginDate,
});
const sis = (grades: string, beginDate: string, isHere = true): SisState => ({
  rows: {
    orgs,
    classes,
    users: [{ ...ada, sourcedId: "bea", email: "bea@example.org" }, ...(isHere ? [{ ...ada, grades }] : [])],
    enrollments: [enrolled("bea", ""), ...(isHere ? [enrolled("ada", beginDate)] : [])],
  },
});
/** The same person by another grade and another day. */
const states = [sis("01", "2026-08-01"), sis("02", "2026-08-02"), sis("03", "2026-08-03")];

let districtId: string;
let integrations: string[];
beforeEach(async () => {
  districtId = await newDistrict(db);
  integrations = [];
  for (const _ of states) integrations.push(await newIntegration(db, districtId));
});

const sync = async (which: number, state = states[which] ?? states[0]) => {
  const run = await syncOnce(db, districtId, integrations[which] ?? "", state ?? sis("", ""));
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
};
/** A night in which nothing is new. */
const night = async (...which: number[]) => {
  for (const one of which) await sync(one);
};
async function supplied() {
  const [row] = await db.sql<{ id: string; grade: string; began: string }[]>`
    select a.id, a.grade, m.begin_date::text as began from accounts a join memberships m on m.district_id = a.district_id and m.account_id = a.id
    where a.district_id = ${districtId} and a.email = 'ada@example.org'`;
  const origins = await withDistrict(db, operatorScope(districtId), (tx) => originsOf(tx, "account", row?.id ?? ""));
  return { grade: row?.grade, began: row?.began, first: integrations.indexOf(origins[0]?.integrationId ?? "") };
}
const by = (which: number) => ({ grade: `0${which + 1}`, began: `2026-08-0${which + 1}`, first: which });

test("the one that was created first supplies, whichever linked the record first; the others change nothing", async () => {
  await sync(2);
  expect(await supplied()).toEqual(by(2));
  await sync(1);
  expect(await supplied()).toEqual(by(1));
  await sync(0);
  expect(await supplied()).toEqual(by(0));
  await night(2, 1);
  expect(await supplied()).toEqual(by(0));
  await sync(1, sis("09", "2026-09-09"));
  expect(await supplied()).toEqual(by(0));
});

test("one that has the record no longer, is paused or removed gives way to the next, and comes first again when it is back", async () => {
  const scope = operatorScope(districtId);
  const [first = "", second = ""] = integrations;
  await night(0, 1, 2);
  await sync(0, sis("", "", false));
  await night(2, 1);
  expect(await supplied()).toEqual(by(1));
  await night(0, 1, 2);
  expect(await supplied()).toEqual(by(0));

  await pauseIntegration(services, scope, first);
  await night(2, 1);
  expect(await supplied()).toEqual(by(1));
  await removeIntegration(services, scope, second);
  await night(2);
  expect(await supplied()).toEqual(by(2));
  await resumeIntegration(services, scope, first);
  await night(2, 0);
  expect(await supplied()).toEqual(by(0));
});

const input = (order: readonly number[], kinds: Readonly<Record<string, readonly number[]>> = {}) => ({
  order: order.map((one) => integrations[one] ?? ""),
  kinds: Object.fromEntries(Object.entries(kinds).map(([kind, ids]) => [kind, ids.map((one) => integrations[one] ?? "")])),
});

test("an admin says who comes first: the next syncs follow, without the SIS saying anything new", async () => {
  const scope = operatorScope(districtId);
  await night(0, 1, 2);
  expect(await supplied()).toEqual(by(0));
  expect(await previewOrder(services, scope, input([2, 0, 1]))).toEqual([
    { kind: "school", records: 1, single: [], fields: [] },
    { kind: "classroom", records: 1, single: [], fields: [] },
    { kind: "account", records: 2, single: [], fields: [{ field: "grade", label: "Grade", count: 1 }] },
    { kind: "membership", records: 2, single: [], fields: [{ field: "begin_date", label: "Begins", count: 1 }] },
  ]);
  expect(await supplied()).toEqual(by(0));
  await setOrder(services, scope, input([2, 0, 1]));
  await night(0, 1);
  expect(await supplied()).toEqual({ ...by(0), first: 2 });
  await night(2);
  expect(await supplied()).toEqual(by(2));
  await night(0, 1, 2);
  expect(await supplied()).toEqual(by(2));
  // The one that comes first lets go: who comes next has its values, and the record stays until the last one lets go.
  await sync(2, sis("", "", false));
  await night(1, 0);
  expect(await supplied()).toEqual(by(0));
});

test("a kind of record has an order of its own; what is not named comes last", async () => {
  const scope = operatorScope(districtId);
  await night(0, 1, 2);
  expect(await previewOrder(services, scope, input([0], { account: [1] }))).toMatchObject([{ kind: "account", records: 2 }]);
  await setOrder(services, scope, input([0], { account: [1] }));
  await night(0, 1, 2);
  expect(await supplied()).toEqual({ grade: "02", began: "2026-08-01", first: 1 });
  expect(await getOrder(services, scope)).toMatchObject(input([0, 1, 2], { account: [1, 0, 2] }));
  await setOrder(services, scope, input([0, 1, 2], { account: [0, 1, 2] }));
  expect((await getOrder(services, scope)).kinds).toEqual({});
  await night(1, 0);
  expect(await supplied()).toEqual(by(0));
  const entries = await db.sql<{ details: object }[]>`
    select details from audit_entries where district_id = ${districtId} and action = 'integration-order-changed'`;
  expect(entries).toHaveLength(2);
});

test("an order that was changed from another one than holds by now is refused, and nothing is lost of what holds", async () => {
  const scope = operatorScope(districtId);
  const shown = input([0, 1, 2]);
  await setOrder(services, scope, input([1, 0, 2]), shown);
  await expect(setOrder(services, scope, input([2, 0, 1]), shown)).rejects.toMatchObject({ code: "conflict" });
  expect((await getOrder(services, scope)).order).toEqual(input([1, 0, 2]).order);
  await setOrder(services, scope, input([2, 0, 1]), input([1, 0, 2]));
  expect((await getOrder(services, scope)).order).toEqual(input([2, 0, 1]).order);
});

test("one that is added later comes last, whatever the orders say", async () => {
  const scope = operatorScope(districtId);
  await setOrder(services, scope, input([1, 0, 2], { account: [2, 1, 0] }));
  integrations.push(await newIntegration(db, districtId));
  expect(await getOrder(services, scope)).toMatchObject(input([1, 0, 2, 3], { account: [2, 1, 0, 3] }));
});

test("an order of somebody else's integrations, or with one twice, is refused", async () => {
  const scope = operatorScope(districtId);
  const other = await newIntegration(db, await newDistrict(db));
  for (const order of [[other], [integrations[0], integrations[0]], ["first"]])
    await expect(setOrder(services, scope, { order })).rejects.toMatchObject({ code: "invalid" });
});
