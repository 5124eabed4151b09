import { afterAll, afterEach, expect, test, vi } from "vitest";
import { newIntegration } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { downloadLimits } from "#lib/platform/csv/downloads.ts";
import { openDatabase } from "#lib/platform/db/client.ts";
import { openProbe } from "#lib/platform/db/probe.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { exportAudit } from "#lib/services/audit-log/read.ts";
import { AuditFilter } from "#lib/services/audit-log/schema.ts";
import { exportChanges } from "#lib/services/runs/changes.ts";
import { exportIssues } from "#lib/services/runs/issues.ts";
import { eachRun, listRuns } from "#lib/services/runs/read.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { csvResponse } from "./csv-response.ts";

const { services, database, close } = await testServices();
afterAll(close);
afterEach(() => vi.useRealTimers());

const rows = 3500;

/** A run with more issues and changes than a few batches hold, in a history of more runs than one. */
async function history() {
  const districtId = await newDistrict(services.db);
  const integrationId = await newIntegration(services.db, districtId);
  const runs = await services.db.orm
    .insert(syncRuns)
    .values(Array.from({ length: 450 }, () => ({ districtId, integrationId, trigger: "manual" as const, state: "succeeded" as const })))
    .returning({ id: syncRuns.id });
  const runId = runs[0]?.id ?? "";
  await services.db.sql`
    insert into issues (district_id, integration_id, run_id, opened_run_id, opened_number, is_read, code, severity, collection, key, external_id, source_part, source_position, value, kept)
    select ${districtId}, ${integrationId}, ${runId}, ${runId}, 1, true, 'unknown-role', 'error', 'users', 'u' || i, 'u' || i, 'users.csv', ${rows} - i, 'value ' || i, 'nothing'
    from generate_series(1, ${rows}) i`;
  await services.db.sql`
    insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason)
    select ${districtId}, ${runId}, 'learner', 'created', uuidv7(), 'u' || i, 'new in the SIS' from generate_series(1, ${rows}) i`;
  return { districtId, integrationId, runId };
}

async function adminOf(districtId: string) {
  const { id } = await createAdmin(services, operatorScope(districtId), { email: `${crypto.randomUUID()}@example.org` });
  return requireAdmin({ kind: "account", accountId: id, districtId, role: "admin" });
}

test("twelve downloads that nobody reads hold no connection, and go on where they stopped", async () => {
  const { districtId, integrationId, runId } = await history();
  const admins = await Promise.all(Array.from({ length: 3 }, () => adminOf(districtId)));
  const responses = admins.flatMap((scope) => [
    csvResponse(services, scope, "issues.csv", ["line"], (write) =>
      exportIssues(services, scope, runId, { page: 1, sort: "line" }, (all) => write(all.map((one) => [one.sourcePosition]))),
    ),
    csvResponse(services, scope, "changes.csv", ["id"], (write) =>
      exportChanges(services, scope, runId, { page: 1 }, (all) => write(all.map((one) => [one.externalId]))),
    ),
    csvResponse(services, scope, "found.csv", ["id"], (write) =>
      exportChanges(services, scope, runId, { page: 1, search: "u3" }, (all) => write(all.map((one) => [one.externalId]))),
    ),
  ]);
  const others = await Promise.all(Array.from({ length: 3 }, () => adminOf(districtId)));
  for (const scope of others) {
    responses.push(
      csvResponse(services, scope, "audit.csv", ["seq"], (write) =>
        exportAudit(services, scope, AuditFilter.parse({}), (all) => write(all.map((one) => [one.seq]))),
      ),
    );
  }
  expect(responses).toHaveLength(12);
  const readers = (await Promise.all(responses)).map((response) => response.body?.getReader());
  // Each has been asked for its first bytes, and for no more.
  for (const reader of readers) expect((await reader?.read())?.done).toBe(false);
  const transactions = () => database.db.sql`
    select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null`;
  await expect.poll(async () => (await transactions()).length, { timeout: 20_000 }).toBe(0);
  expect((await listRuns(services, operatorScope(districtId), integrationId, { page: 1 })).total).toBe(450);
  expect(await openProbe(database.url)()).toBe(true);

  const rest = async (reader: (typeof readers)[number]) => {
    let text = "";
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) text += new TextDecoder().decode(part.value);
    return text.trim().split("\r\n");
  };
  const [issues, changes, found] = [await rest(readers[0]), await rest(readers[1]), await rest(readers[2])];
  expect(issues.map(Number)).toEqual(Array.from({ length: rows }, (_, line) => line));
  expect(changes).toEqual(Array.from({ length: rows }, (_, i) => `u${i + 1}`));
  expect(found).toEqual(["u3"]);
  for (const reader of readers.slice(3)) await reader?.cancel();
});

test("a history of any length is exported once, newest first", async () => {
  const { districtId, integrationId } = await history();
  const ids: string[] = [];
  for await (const page of eachRun(services, operatorScope(districtId), integrationId)) ids.push(...page.map(({ id }) => id));
  expect(ids).toHaveLength(450);
  expect(new Set(ids).size).toBe(450);
  expect(ids).toEqual([...ids].sort().reverse());
});

test("an account has a few downloads at once; one that is given up or stalls makes room", async () => {
  // Nobody counts the operator's, so that no timer of the database's is stopped with the others.
  const scope = operatorScope(await newDistrict(services.db));
  const endless = () =>
    csvResponse(services, scope, "endless.csv", ["a"], async (write) => {
      for (;;) await write([["x"]]);
    });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const all = await Promise.all(Array.from({ length: downloadLimits.perAccount }, endless));
  await expect(endless()).rejects.toThrow("still under way");
  await all[0]?.body?.cancel();
  // What was given up is told a moment later; no timer goes by meanwhile.
  for (let given: Response | null = null; given === null; await new Promise(setImmediate)) {
    given = await endless().catch(() => null);
    if (given !== null) all.push(given);
  }
  await expect(endless()).rejects.toThrow("still under way");
  await vi.advanceTimersByTimeAsync(downloadLimits.stalledSeconds * 1000 + 1);
  await expect(all.at(-1)?.text()).rejects.toThrow("stalled");
  all.push(await endless());
  await all.at(-1)?.body?.cancel();
});

test("a transaction that its process forgets, and a statement without an end, are ended by the database", async () => {
  const impatient = openDatabase(database.url, { max: 2, statementSeconds: 1, idleSeconds: 1 });
  const scope = operatorScope(await newDistrict(services.db));
  // Either may be ended first.
  const forgotten = expect(withDistrict(impatient, scope, () => new Promise(() => {}))).rejects.toBeDefined();
  await expect(withDistrict(impatient, scope, (tx) => tx.sql`select pg_sleep(60)`)).rejects.toMatchObject({ code: "57014" });
  await forgotten;
  await impatient.close();
});
