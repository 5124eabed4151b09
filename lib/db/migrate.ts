import { join } from "node:path";
import { migrate as applyPending } from "drizzle-orm/postgres-js/migrator";
import { PgBoss } from "pg-boss";
import postgres from "postgres";
import { openOrm } from "./client.ts";

const migrationsFolder = join(import.meta.dirname, "../../drizzle");

/**
 * Brings the database to the newest schema. Safe when several processes start at once: a session lock lets one of them
 * work while the others wait, and find nothing left to do. Needs a direct connection or a session pool: a transaction
 * pooler (PgBouncer) would lose the lock.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection: { application_name: "aivo migrate" } });
  try {
    await sql`select pg_advisory_lock(hashtextextended('aivo:migrate', 0))`;
    await applyPending(openOrm(sql), { migrationsFolder });
    await migrateQueue(databaseUrl);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The queue's tables, in their schema `pgboss`: here, so that processes that start later find them and need not make them. */
async function migrateQueue(databaseUrl: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    schema: "pgboss",
    max: 1,
    migrate: true,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  await boss.start();
  await boss.stop({ graceful: false, close: true });
}
