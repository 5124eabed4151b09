import { afterAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { openProbe } from "#lib/platform/db/probe.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { startPgBouncer } from "#lib/platform/testing/pgbouncer.ts";
import { startTransactionPooler } from "#lib/platform/testing/transaction-pooler.ts";
import { loadSession } from "#lib/services/accounts/sessions.ts";
import { signIn } from "#lib/services/accounts/sign-in.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { listIntegrations } from "#lib/services/integrations/read.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { readOverview } from "#lib/services/overview/read.ts";
import { exportChanges } from "#lib/services/runs/changes.ts";
import { getRunProgress } from "#lib/services/runs/progress.ts";
import { getRun, listRuns } from "#lib/services/runs/read.ts";
import { cancelRun, requestRun } from "#lib/services/runs/write.ts";
import { openServices } from "#lib/services/services.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { webDatabase } from "./services.ts";

/**
 * A web process behind a pooler in transaction mode. Of the tests' own making, unless `AIVO_PGBOUNCER` names PgBouncer's program:
 * `npm run test:pgbouncer`.
 */
const direct = await testServices();
const size = 3;
const program = process.env.AIVO_PGBOUNCER;
const start = (url: string) => (program ? startPgBouncer(program, url, size) : startTransactionPooler(url, size));
const pooler = await start(direct.database.url);
/** A pooler has a pool for each user. */
const entering = direct.database.districtUrl === null ? null : await start(direct.database.districtUrl);
const addresses = { DATABASE_URL: pooler.url, AIVO_DISTRICT_DATABASE_URL: entering?.url ?? "" };
const web = await openServices(parseEnv({ ...direct.variables, ...addresses }), webDatabase);
afterAll(async () => {
  await web.close();
  await pooler.stop();
  await entering?.stop();
  await direct.close();
});

interface Visitor {
  readonly districtId: string;
  readonly email: string;
  readonly password: string;
  readonly integrationId: string;
}
interface School {
  readonly visitors: readonly Visitor[];
  readonly integrationIds: readonly string[];
}

async function school(name: string): Promise<School> {
  const districtId = await newDistrict(direct.services.db, { name });
  const scope = operatorScope(districtId);
  const visitors: Visitor[] = [];
  for (let n = 0; n < 4; n++) {
    const email = `${crypto.randomUUID()}@example.org`;
    const { password } = await createAdmin(direct.services, scope, { email, password: "seven harbors in the rain" });
    const { id } = await addIntegration(direct.services, scope, {
      name: `SIS ${n}`,
      provider: "oneroster-csv",
      credentials: { ...someCredentials, directory: `/drop/${n}` },
    });
    visitors.push({ districtId, email, password, integrationId: id });
  }
  return { visitors, integrationIds: visitors.map(({ integrationId }) => integrationId).sort() };
}

/** Signs in, looks around, asks for a sync and takes it back, twice. Returns the syncs that were asked for. */
async function visit(visitor: Visitor, own: School): Promise<string[]> {
  const asked: string[] = [];
  for (let round = 0; round < 2; round++) {
    const signedIn = await signIn(web, { ...visitor, address: "198.51.100.7" });
    if (!signedIn.ok) throw new Error(`not signed in: ${signedIn.reason}`);
    expect(signedIn.account.districtId).toBe(visitor.districtId);
    const scope = requireAdmin(await loadSession(web, signedIn.session));
    expect((await listIntegrations(web, scope)).map(({ id }) => id).sort()).toEqual(own.integrationIds);

    const requested = await requestRun(web, scope, visitor.integrationId, { trigger: "manual" });
    if (!requested.ok) throw new Error(`no sync: ${requested.reason}`);
    asked.push(requested.runId);
    expect(await getRunProgress(web, scope, requested.runId)).toMatchObject({ state: "queued" });
    expect(await getRun(web, scope, requested.runId)).toMatchObject({ id: requested.runId });
    await exportChanges(web, scope, requested.runId, { page: 1, search: "nobody" }, async () => {});
    expect(await cancelRun(web, scope, requested.runId)).toEqual({ ok: true, state: "cancelled" });
    const { rows } = await listRuns(web, scope, visitor.integrationId, { page: 1 });
    expect(rows.map(({ id }) => id)).toEqual(asked.toReversed());
    await readOverview(web, scope);

    // Without a condition, and again after a while in the same transaction: row-level security alone keeps the districts apart.
    await withDistrict(web.db, scope, async (tx) => {
      const seen = () =>
        tx.sql<{ id: string }[]>`select distinct district_id as id from integrations union select district_id from sync_runs`;
      expect(await seen()).toEqual([{ id: visitor.districtId }]);
      await tx.sql`select pg_sleep(0.002)`;
      expect(await seen()).toEqual([{ id: visitor.districtId }]);
    });
  }
  return asked;
}

test("ten connections of the web share three of the server's, a transaction at a time", async () => {
  const askers = Array.from({ length: 10 }, () =>
    web.db.sql.begin((sql) => sql<{ pid: number }[]>`select pg_backend_pid() as pid, pg_sleep(0.01)`),
  );
  const pids = (await Promise.all(askers)).map(([row]) => row?.pid);
  expect(new Set(pids).size).toBeLessThanOrEqual(pooler.size);
  expect(await openProbe(pooler.url)()).toBe(true);
});

test("admins of two districts at once see and change what is theirs, and no connection keeps anything of a transaction", async () => {
  const schools = [await school("Lakeside"), await school("Hillside")];
  const asked = await Promise.all(schools.flatMap((own) => own.visitors.map((visitor) => visit(visitor, own))));
  const jobs = await direct.services.db.sql<{ id: string }[]>`
    select id from pgboss.job where name = 'sync-run' and state = 'cancelled' order by id`;
  expect(jobs.map(({ id }) => id)).toEqual(asked.flat().sort());

  const [lakeside, hillside] = schools.map((own) => operatorScope(own.visitors[0]?.districtId ?? ""));
  if (!lakeside || !hillside) throw new Error("two districts were made");
  await expect(getRun(web, hillside, asked[0]?.[0] ?? "")).rejects.toMatchObject({ code: "not-found" });
  await expect(withDistrict(web.db, lakeside, (tx) => tx.sql`select 1 / 0`)).rejects.toMatchObject({ code: "22012" });
  const settings = await Promise.all(
    Array.from(
      { length: 30 },
      () => web.db.sql`
        select current_setting('role') as role, coalesce(current_setting('aivo.district_id', true), '') as district,
          current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement`,
    ),
  );
  for (const [kept] of settings) expect(kept).toEqual({ role: "none", district: "", lock: "0", statement: "0" });
});

test("after the server has cut every connection, the web's questions are answered again", async () => {
  const ask = () => web.db.sql<{ n: number }[]>`select ${7}::int as n`;
  await ask();
  await direct.services.db.sql`
    select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'aivo-web'`;
  const failed = async () =>
    (await Promise.allSettled(Array.from({ length: 30 }, ask))).filter(({ status }) => status === "rejected").length;
  await expect.poll(failed, { timeout: 60_000 }).toBe(0);
});
