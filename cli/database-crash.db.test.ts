import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { expect, test } from "vitest";
import { validLaterSet } from "#lib/engine/testing/sis/later-sets.ts";
import { validSet, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd } from "#lib/engine/testing/sis/sshd.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { migrate } from "#lib/platform/db/migrate.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { newDistrict } from "#lib/platform/testing/database.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { openServices } from "#lib/services/services.ts";
import { startWorkerProcess } from "./sis/testing.ts";
import { startEmbeddedPostgres } from "./support/embedded-postgres.ts";
import { postgresBinaries, runBinary, serverUser } from "./support/postgres-binaries.ts";
import { share } from "./testing/share.ts";

/** Both versions of OneRoster with `npm run test:crashes`. */
const sets = [
  ["1.1", validSet],
  ["1.2", validLaterSet],
] as const;

test.each(process.env.AIVO_CRASHES === "all" ? sets : share(sets, 1))(
  "PostgreSQL crashes while a sync of OneRoster %s is applied: nothing of it is there, the run says why, and the same worker tries it again",
  async (_, setOf) => {
    const folder = await mkdtemp(join(tmpdir(), "aivo-database-crash-"));
    const server = await startEmbeddedPostgres({ dataDirectory: folder, durable: true });
    const admin = postgres(server.url("postgres"), { max: 1 });
    await admin.unsafe("create database aivo");
    await admin.end();
    const url = server.url("aivo");
    await migrate(url);
    const sshd = await startSshd();
    await writeSet(sshd.root, setOf());
    const variables = {
      DATABASE_URL: url,
      NEXTAUTH_SECRET: randomBytes(32).toString("base64"),
      AIVO_ENCRYPTION_KEYS: `test:${randomBytes(32).toString("base64")}`,
      AIVO_DATA_DIR: join(folder, "data"),
      AIVO_TRUSTED_SIS_ORIGINS: sshd.origin,
    };
    const services = await openServices(parseEnv(variables), { applicationName: "test" });
    const { sql } = services.db;
    const ask = async (question: () => Promise<readonly unknown[]>) => {
      // While the database is away the question cannot be asked; that is no answer.
      while ((await question().catch(() => [])).length === 0) {
        expect(worker.process.exitCode, worker.lines.slice(-5).join("\n")).toBeNull();
        await sql`select pg_sleep(0.05)`.catch(() => {});
      }
    };
    const ended = (runId: string) => ask(() => sql`select from sync_runs where id = ${runId} and finished_at is not null`);
    const district = await newDistrict(services.db);
    const { host, port, username, password, hostKeyFingerprint, remoteDirectory: directory } = sshd;
    const { id: integration } = await addIntegration(services, operatorScope(district), {
      name: "SIS",
      provider: "oneroster-csv",
      credentials: { host, port, username, password, directory, hostKeyFingerprint },
      schedule: null,
    });

    const blocker = postgres(url, { max: 1, onnotice: () => {} });
    const held = blocker.begin(async (tx) => {
      await tx`lock table memberships in share mode`;
      await new Promise(() => {});
    });
    const lost = held.catch(() => "gone with the server");
    const requested = await requestRun(services, operatorScope(district), integration, { trigger: "manual" });
    const runId = requested.ok ? requested.runId : "";
    const worker = await startWorkerProcess(variables);
    try {
      await ask(
        () =>
          sql`select from pg_locks k join pg_stat_activity a on a.pid = k.pid where not k.granted and a.application_name = 'aivo-worker'`,
      );
      const { pgCtl } = await postgresBinaries();
      const cluster = join(folder, "postgres");
      await runBinary(pgCtl, ["stop", "-D", cluster, "-m", "immediate", "-w", "-s"], serverUser(), cluster);
      await lost;
      await runBinary(pgCtl, ["start", "-D", cluster, "-l", join(cluster, "server.log"), "-w", "-t", "120", "-s"], serverUser(), cluster);

      await ended(runId);
      const [run] = await sql`select state, failure from sync_runs where id = ${runId}`;
      expect(run?.state).toBe("failed");
      expect(JSON.stringify(run?.failure)).toMatch(/database/);
      expect(await sql`select from accounts where district_id = ${district}`).toHaveLength(0);
      expect(await sql`select from schools where district_id = ${district}`).toHaveLength(0);

      // The moment that a database is given before the next try goes by.
      await sql`update pgboss.job set start_after = now() where id in (select id from sync_runs where retry_of = ${runId})`;
      await ask(() => sql`select from sync_runs where retry_of = ${runId} and finished_at is not null`);
      expect(await sql`select state, attempt from sync_runs where retry_of = ${runId}`).toMatchObject([{ state: "succeeded", attempt: 2 }]);
      expect(await sql`select from accounts where district_id = ${district}`).toHaveLength(5);
    } finally {
      worker.process.kill("SIGTERM");
      await worker.ended;
      await blocker.end({ timeout: 0 });
      await services.close();
      await sshd.stop();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
  180_000,
);
