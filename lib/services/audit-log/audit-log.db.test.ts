import { afterAll, beforeAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { type AuditEvent, appendAudit } from "#lib/platform/audit.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { newDistrict, testDatabase } from "#lib/platform/testing/database.ts";
import { exportAudit, listAudit, verifyAuditLog } from "./read.ts";
import { AuditFilter, type AuditRow } from "./schema.ts";

const { db, close } = await testDatabase();
afterAll(close);

const services = { db, now: () => new Date("2026-11-03T12:00:00Z") };
const scope = operatorScope(await newDistrict(db, { timezone: "Asia/Kathmandu" }));

const append = (event: Omit<AuditEvent, "actor">, at: string) =>
  withDistrict(db, scope, (tx) => appendAudit(tx, { actor: scope.actor, ...event }, new Date(at)));

beforeAll(async () => {
  await append({ action: "district-created", target: { kind: "district", id: scope.districtId } }, "2026-11-01T10:00:00Z");
  // A quarter to six hours after UTC: late on the 1st there is the 2nd in Kathmandu.
  await append(
    { action: "settings-changed", target: { kind: "district", id: scope.districtId }, details: { after: { retentionDays: 30 } } },
    "2026-11-01T18:15:00Z",
  );
  await append({ action: "run-failed", target: { kind: "run", id: "01a20cac-d8fa-7647-96fb-1f28003dd082" } }, "2026-11-02T18:14:59Z");
});

const actions = async (query: object) => (await listAudit(services, scope, AuditFilter.parse(query))).rows.map((row) => row.action);

test.each([
  [{}, ["run-failed", "settings-changed", "district-created"]],
  [{ action: "settings-changed" }, ["settings-changed"]],
  [{ actor: "operator" }, ["run-failed", "settings-changed", "district-created"]],
  [{ actor: "worker" }, []],
  [{ from: "2026-11-02", to: "2026-11-02" }, ["run-failed", "settings-changed"]],
  [{ to: "2026-11-01" }, ["district-created"]],
  [{ from: "2026-11-03" }, []],
  [{ from: "yesterday", action: "danced", actor: "nobody" }, ["run-failed", "settings-changed", "district-created"]],
])("entries for %j", async (query, expected) => {
  expect(await actions(query)).toEqual(expected);
});

test("another district has a log of its own", async () => {
  expect((await listAudit(services, operatorScope(await newDistrict(db)), AuditFilter.parse({}))).total).toBe(0);
});

test("verifying is an entry itself, and finds the entry that was changed behind Aivo's back", async () => {
  expect(await verifyAuditLog(services, scope)).toEqual({ entries: 3, brokenAt: null });
  expect(await actions({ action: "audit-viewed" })).toEqual(["audit-viewed"]);
  const other = operatorScope(await newDistrict(db));
  for (const days of [1, 2, 3]) {
    await withDistrict(db, other, (tx) =>
      appendAudit(tx, {
        actor: other.actor,
        action: "settings-changed",
        target: { kind: "district", id: other.districtId },
        details: { days },
      }),
    );
  }
  await db.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`update audit_entries set details = '{"days": 9}' where district_id = ${other.districtId} and seq = 2`;
  });
  expect(await verifyAuditLog(services, other)).toEqual({ entries: 1, brokenAt: 2 });
});

test("a download hands over the filtered entries from the oldest on, and is recorded before it begins", async () => {
  const rows: AuditRow[] = [];
  await exportAudit(services, scope, AuditFilter.parse({}), async (batch) => void rows.push(...batch));
  expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
  expect(rows.at(-1)).toMatchObject({ action: "audit-exported" });
});
