import { afterAll, beforeEach, expect, test } from "vitest";
import { newIntegration, openIssues, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { readPersonRecord } from "#lib/services/chain/person.ts";
import { editPerson } from "#lib/services/edits/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { getOrder, previewOrder, setOrder } from "./order.ts";
import { pauseIntegration, resumeIntegration } from "./write.ts";

/** Who supplies a single field of a record that several integrations roster, where an admin gave the field an order of its own. */
const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const north = { sourcedId: "north", name: "North High", type: "school", identifier: "17" };
const sis = (ada: RawRow | null, others: readonly RawRow[] = [bea]): SisState => ({
  rows: {
    orgs: [north],
    classes: [{ sourcedId: "c", title: "Algebra", schoolSourcedId: "north" }],
    users: [...others, ...(ada ? [{ sourcedId: "ada", role: "student", givenName: "Ada", familyName: "Lovelace", ...ada }] : [])],
    enrollments: [],
  },
});
const bea: RawRow = {
  sourcedId: "bea",
  role: "student",
  givenName: "Bea",
  familyName: "Potter",
  email: "bea@example.org",
  grades: "05",
  identifier: "2",
};
/** They agree on nothing but the number. */
const [inFirst, inSecond] = [
  { email: "ada@first.example", grades: "01", identifier: "1" },
  { email: "ada.l@second.example", grades: "02", identifier: "1" },
] as const;

let districtId: string;
let [first, second] = ["", ""];
let scope: ReturnType<typeof operatorScope>;
beforeEach(async () => {
  districtId = await newDistrict(db);
  first = await newIntegration(db, districtId);
  second = await newIntegration(db, districtId);
  await db.sql`update integrations set name = case when id = ${first} then 'First' else 'Second' end where district_id = ${districtId}`;
  scope = operatorScope(districtId);
  await sync(first, sis(inFirst));
  await sync(second, sis(inSecond));
});

async function sync(integration: string, state: SisState) {
  const run = await syncOnce(db, districtId, integration, state);
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
  return run;
}
const fromMemory = async (...integrations: string[]) => {
  for (const one of integrations) await syncOnce(db, districtId, one, sis(null), { fromMemory: true });
};
async function ada() {
  const [row] = await db.sql<{ id: string; status: string; given_name: string; email: string | null; grade: string | null }[]>`
    select a.id, a.status, a.given_name, a.email, a.grade from accounts a
    join source_records m on m.district_id = a.district_id and m.record_id = a.id
    where a.district_id = ${districtId} and m.collection = 'users' and m.external_id = 'ada' limit 1`;
  return row;
}
const emailOfSecond = () => setOrder(services, scope, { order: [first, second], fields: { "account.email": [second] } });
const has = (email: string | null, grade: string) => ({ email, grade, status: "active" });

test("each of two integrations wins a field; taken away, the order of all holds again", async () => {
  expect(await ada()).toMatchObject(has("ada@first.example", "01"));
  expect(await previewOrder(services, scope, { order: [first, second], fields: { "account.email": [second] } })).toEqual([
    {
      kind: "account",
      records: 0,
      single: [{ field: "account.email", label: "Email", records: 2 }],
      fields: [{ field: "email", label: "Email", count: 1 }],
    },
  ]);
  await emailOfSecond();
  await fromMemory(first, second);
  expect(await ada()).toMatchObject(has("ada.l@second.example", "01"));
  await fromMemory(second, first);
  expect(await ada()).toMatchObject(has("ada.l@second.example", "01"));
  await sync(first, sis({ ...inFirst, email: "new@first.example", grades: "03" }));
  await sync(second, sis({ ...inSecond, email: "new@second.example", grades: "04" }));
  expect(await ada()).toMatchObject(has("new@second.example", "03"));
  await setOrder(services, scope, { order: [first, second], fields: { "account.email": [] } });
  expect((await getOrder(services, scope)).fields).toEqual({});
  await fromMemory(second, first);
  expect(await ada()).toMatchObject(has("new@first.example", "03"));
  const entries = await db.sql<{ changes: string[] }[]>`
    select details -> 'changes' as changes from audit_entries
    where district_id = ${districtId} and action = 'integration-order-changed' order by seq`;
  expect(entries.map(({ changes }) => changes)).toEqual([
    ["People, Email: as all fields → Second, First"],
    ["People, Email: Second, First → as all fields"],
  ]);
});

test("who does not tell the field is passed over, and a blank is told", async () => {
  await emailOfSecond();
  await fromMemory(second);
  const { email: _, ...silent } = inSecond;
  const { email: __, ...silentBea } = bea;
  await sync(second, sis(silent, [silentBea]));
  expect(await ada()).toMatchObject(has("ada.l@second.example", "01"));
  // The first has said nothing new, and is planned again all the same.
  await sync(first, sis(inFirst));
  expect(await ada()).toMatchObject(has("ada@first.example", "01"));
  await sync(second, sis({ ...inSecond, email: "" }));
  expect(await ada()).toMatchObject(has(null, "01"));
  await sync(first, sis({ ...inFirst, grades: "06" }));
  expect(await ada()).toMatchObject(has(null, "06"));
});

test("one that is paused, or lets the record go, gives way; the record leaves with the last of them", async () => {
  await emailOfSecond();
  await fromMemory(second);
  await pauseIntegration(services, scope, second);
  await fromMemory(first);
  expect(await ada()).toMatchObject(has("ada@first.example", "01"));
  await resumeIntegration(services, scope, second);
  await fromMemory(first, second);
  expect(await ada()).toMatchObject(has("ada.l@second.example", "01"));
  // The one that supplies the rest lets go: the other supplies all.
  await sync(first, sis(null));
  await sync(second, sis(inSecond));
  expect(await ada()).toMatchObject(has("ada.l@second.example", "02"));
  await sync(second, sis(null));
  expect(await ada()).toMatchObject({ status: "deactivated" });
});

test("the person's page says whose each value is and why; what is edited stays", async () => {
  await emailOfSecond();
  await fromMemory(first, second);
  const id = (await ada())?.id ?? "";
  const { values } = await readPersonRecord(services, scope, "learner", id, 1);
  const decided = Object.fromEntries(values.fields.map(({ field, decidedBy }) => [field, decidedBy]));
  expect([values.decides, decided]).toMatchObject(["First", { email: "Second, first for email", grade: null }]);
  await editPerson(services, scope, id, { email: "edited@example.org" });
  await sync(second, sis({ ...inSecond, email: "later@second.example" }));
  expect(await ada()).toMatchObject(has("edited@example.org", "01"));
  const [kept] = await db.sql`select sis_value from kept_values where district_id = ${districtId}`;
  expect(kept).toEqual({ sis_value: "later@second.example" });
});

test("an id that was given to another child brings nothing of theirs to the account, although another SIS supplies its name", async () => {
  await emailOfSecond();
  await fromMemory(second);
  const other = { givenName: "Zoe", familyName: "Quist", email: "zoe@second.example", grades: "09", identifier: "77" };
  const run = await sync(second, sis(other));
  expect(await ada()).toMatchObject({ ...has("ada.l@second.example", "01"), given_name: "Ada" });
  expect((await openIssues(db, run.id)).map(({ code }) => code)).toContain("match-takeover");
  await fromMemory(second, first);
  expect(await ada()).toMatchObject(has("ada.l@second.example", "01"));
  // The SIS is corrected.
  await sync(second, sis({ ...inSecond, email: "ada.lovelace@second.example" }));
  expect(await ada()).toMatchObject(has("ada.lovelace@second.example", "01"));
});

test("a field that is none of its kind's, or somebody else's integration, is refused", async () => {
  for (const fields of [{ "account.periods": [first] }, { "account.email": [districtId] }])
    await expect(setOrder(services, scope, { order: [first], fields })).rejects.toMatchObject({ code: "invalid" });
});
