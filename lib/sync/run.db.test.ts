import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/db/testing.ts";
import { newIntegration, syncOnce } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test("smoke", async () => {
  const { db } = database;
  const district = await newDistrict(db);
  const integration = await newIntegration(db, district);
  const parse = (f: string) => {
    const [h, ...rows] = readFileSync(`../shared/samples/generated-district/${f}.csv`, "utf8").trim().split(/\r?\n/);
    const names = (h ?? "").split(",");
    return rows.map((r) => Object.fromEntries(r.split(",").map((v, i) => [names[i] ?? "", v])));
  };
  const rows = { orgs: parse("orgs"), academicSessions: parse("academicSessions"), courses: parse("courses"), classes: parse("classes"), users: parse("users"), enrollments: parse("enrollments") };
  const run = await syncOnce(db, district, integration, { rows, fingerprint: "a" });
  console.log(JSON.stringify(run, null, 1));
  const again = await syncOnce(db, district, integration, { rows, fingerprint: "b" });
  console.log(JSON.stringify(again.totals), again.state, again.failure);
  console.log(await db.sql`select code, count(*), min(value) from run_issues group by 1`);
  const third = await syncOnce(db, district, integration, { rows: { ...rows, users: rows.users.slice(0, 700) }, fingerprint: "b" });
  console.log(JSON.stringify(third.totals), third.state, third.failure);
  const fourth = await syncOnce(db, district, integration, { rows, fingerprint: "b" });
  console.log(JSON.stringify(fourth.totals), fourth.state, fourth.failure);
  console.log(await db.sql`select entity, action, reason, count(*), min(before::text), min(after::text) from run_changes where run_id <> ${run.id} group by 1,2,3`);
  expect(run.state).toBe("succeeded");
});
