import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { openDatabase } from "#lib/platform/db/client.ts";
import { migrate } from "#lib/platform/db/migrate.ts";
import { districtUrl } from "#lib/platform/db/roles.ts";
import { prepareStaging } from "#lib/platform/db/staging-pool.ts";
import { makeCitusTemplate, startCitus } from "#lib/platform/testing/citus.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { makeSecret } from "./secrets.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where databases can be made and dropped. */
    databaseServerUrl: string;
    /** Of the role that enters districts; empty on Citus, where there is none. */
    districtPassword: string;
    /** A migrated database to clone. */
    templateDatabase: string;
    /** Of Citus the workers, each of which has a part of every database; none where tests run on one PostgreSQL. */
    citusWorkerUrls: readonly string[];
  }
}

/**
 * vitest's global set-up: one PostgreSQL for all test files, with one migrated database that each of them clones. With AIVO_CITUS_BIN
 * (`npm run test:citus`) three nodes of Citus, and tables that are distributed.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await databaseServer();
  try {
    const districtPassword = server.workerUrls.length > 0 ? "" : makeSecret();
    const templateDatabase = `aivo_template_${randomBytes(5).toString("hex")}`;
    if (server.workerUrls.length > 0) await makeCitusTemplate(server, templateDatabase);
    else {
      await onServer(server.url, (sql) => sql`create database ${sql(templateDatabase)}`);
      const template = withDatabase(server.url, templateDatabase);
      await migrate(template, districtUrl(template, districtPassword));
      await prepare(template);
    }
    project.provide("districtPassword", districtPassword);
    project.provide("citusWorkerUrls", server.workerUrls);
    project.provide("databaseServerUrl", server.url);
    project.provide("templateDatabase", templateDatabase);
    return async () => {
      await onServer(server.url, (sql) => sql`drop database if exists ${sql(templateDatabase)} with (force)`);
      await server.stop();
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** With a staging set, as a worker makes one before its first run: to make one takes longer than to clone it for every file. */
async function prepare(url: string): Promise<void> {
  const template = openDatabase(url, { applicationName: "template", max: 1 });
  try {
    await prepareStaging(template.sql);
  } finally {
    await template.close();
  }
}

/** DATABASE_URL's server if it is set, else an embedded one in a directory of its own that is removed afterwards; Citus where it is asked for. */
async function databaseServer(): Promise<{ url: string; workerUrls: readonly string[]; stop: () => Promise<void> }> {
  const citus = process.env.AIVO_CITUS_BIN;
  if (citus) return startCitus(citus);
  const given = process.env.DATABASE_URL;
  if (given) return { url: given, workerUrls: [], stop: async () => {} };
  const dataDirectory = await mkdtemp(join(tmpdir(), "aivo-test-"));
  const embedded = await startEmbeddedPostgres({ dataDirectory, durable: false });
  return {
    url: embedded.url("postgres"),
    workerUrls: [],
    stop: async () => {
      await embedded.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function onServer(url: string, statement: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await statement(sql);
  } finally {
    await sql.end();
  }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
