import { type Keyring, parseKeyring } from "#lib/platform/crypto/keyring.ts";
import { type Database, type DatabaseOptions, openDatabase } from "#lib/platform/db/client.ts";
import { openClock } from "#lib/platform/db/clock.ts";
import { openProbe, type Probe } from "#lib/platform/db/probe.ts";
import { assertCurrent } from "#lib/platform/db/state.ts";
import { transportOf, transportWarning } from "#lib/platform/db/tls.ts";
import type { Env } from "#lib/platform/env.ts";
import { type Jobs, openJobs } from "#lib/platform/jobs.ts";
import { log } from "#lib/platform/log.ts";
import { misspelt } from "#lib/platform/misspelt.ts";

/** What every service is given: opened once per process and passed down. */
export interface Services {
  readonly db: Database;
  readonly env: Env;
  readonly keyring: Keyring;
  readonly jobs: Jobs;
  /** By the database's clock, whatever the machine's says. */
  now(): Date;
}

export interface OpenServices extends Services {
  close(): Promise<void>;
}

/**
 * Opens the database pool and the queue's client.
 * @throws ServiceError `precondition` when the database is not one of this version; an error of its own when it cannot be reached
 */
export async function openServices(env: Env, options: DatabaseOptions & { readonly applicationName: string }): Promise<OpenServices> {
  const keyring = parseKeyring(env.encryptionKeys);
  const db = openDatabase(env.databaseUrl, { districtUrl: env.districtDatabaseUrl, ...options });
  try {
    await assertCurrent(db.sql);
    const jobs = await openJobs(db, env.databaseUrl);
    const clock = await openClock(db.sql);
    return {
      db,
      env,
      keyring,
      jobs,
      now: clock.now,
      close: async () => {
        clock.close();
        await jobs.close();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** What an operator should know of the way to the database, as web and worker start; `sis doctor` says what to do about it. */
export function noteConnections(env: Env): void {
  for (const url of [env.databaseUrl, env.districtDatabaseUrl]) {
    const transport = url === null ? "local" : transportOf(url);
    if (transportWarning(transport) !== null) log.warn("database-not-protected", { transport });
  }
  if (env.districtDatabaseUrl === null) log.warn("districts-not-entered", { variable: "AIVO_DISTRICT_DATABASE_URL" });
}

/** As web and worker start: what was meant by a misspelt variable is not set. */
export function noteVariables(variables: Readonly<Record<string, string | undefined>>): void {
  for (const { name, meant } of misspelt(variables)) log.warn("unknown-variable", { variable: name, meant });
}

export type { Probe };

/** Whether the database answers, however busy the services' own connections are. */
export function openDatabaseProbe(env: Env): Probe {
  return openProbe(env.databaseUrl);
}
