import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { expect, test } from "vitest";
import { validSet, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd } from "#lib/engine/testing/sis/sshd.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { migrate } from "#lib/platform/db/migrate.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { newDistrict } from "#lib/platform/testing/database.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { openServices } from "#lib/services/services.ts";
import { startWorkerProcess } from "./sis/testing.ts";
import { startEmbeddedPostgres } from "./support/embedded-postgres.ts";

const run = promisify(execFile);

/** The backup that docs/operations.md recommends where there is no client of PostgreSQL. */
test("the copy of a stopped data directory is a whole backup: the next sync on it changes nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aivo-copy-"));
  const sshd = await startSshd();
  await writeSet(sshd.root, validSet());
  const secrets = {
    NEXTAUTH_SECRET: randomBytes(32).toString("base64"),
    AIVO_ENCRYPTION_KEYS: `test:${randomBytes(32).toString("base64")}`,
    AIVO_TRUSTED_SIS_ORIGINS: sshd.origin,
  };
  let place: { district: string; integration: string } | null = null;

  const syncIn = async (dataDirectory: string) => {
    const server = await startEmbeddedPostgres({ dataDirectory, durable: true });
    const variables = { ...secrets, DATABASE_URL: server.url("aivo"), AIVO_DATA_DIR: dataDirectory };
    if (place === null) {
      const admin = postgres(server.url("postgres"), { max: 1 });
      await admin.unsafe("create database aivo");
      await admin.end();
      await migrate(variables.DATABASE_URL);
    }
    const services = await openServices(parseEnv(variables), { applicationName: "test" });
    const worker = await startWorkerProcess(variables);
    try {
      place ??= await set();
      const { district, integration } = place;
      const requested = await requestRun(services, operatorScope(district), integration, { trigger: "manual" });
      const look = () => getRun(services, operatorScope(district), requested.ok ? requested.runId : "");
      await expect.poll(async () => (await look()).finishedAt, { timeout: 60_000 }).not.toBeNull();
      return await look();
    } finally {
      worker.process.kill("SIGTERM");
      await worker.ended;
      await services.close();
      await server.stop();
    }
    async function set() {
      const district = await newDistrict(services.db);
      const { host, port, username, password, hostKeyFingerprint, remoteDirectory: directory } = sshd;
      const credentials = { host, port, username, password, directory, hostKeyFingerprint };
      const input = { name: "SIS", provider: "oneroster-csv", credentials, schedule: null };
      const { id: integration } = await addIntegration(services, operatorScope(district), input);
      return { district, integration };
    }
  };

  try {
    const [original, copy] = [join(folder, "data"), join(folder, "copy")];
    expect(await syncIn(original)).toMatchObject({ state: "succeeded", failure: null });
    // cp -a: owners, modes and times stay.
    await run("cp", ["-a", original, copy]);
    await rm(original, { recursive: true });
    expect(await syncIn(copy)).toMatchObject({ state: "succeeded", failure: null, changeCount: 0 });
  } finally {
    await sshd.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 240_000);
