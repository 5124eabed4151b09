import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import postgres from "postgres";
import { demoEnvironment } from "./demo-environment.ts";
import { type EmbeddedPostgres, findEmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { makeKeyring, makeSecret, secretFile } from "./secrets.ts";
import type { Variables } from "./variables.ts";

export interface ProductEnvironment {
  /** Everything that lib/platform/env.ts asks for, on top of the variables that were given. */
  readonly variables: Variables;
  readonly dataDirectory: string;
  /** Null where DATABASE_URL names a server. */
  readonly embedded: EmbeddedPostgres | null;
  /** Stops the embedded server if this call started it. */
  release(): Promise<void>;
}

const databaseName = "aivo";

/**
 * Completes the environment as `npm start` does without configuration: an embedded database, found or started, and
 * secrets kept in the data directory. Beside an `npm start` with the demo, also the way to its sandbox. What is set already stays.
 * For every command that works on the product's database.
 */
export async function productEnvironment(given: Variables): Promise<ProductEnvironment> {
  const dataDirectory = resolve(given.AIVO_DATA_DIR || ".data");
  const embedded = given.DATABASE_URL ? null : await startEmbeddedPostgres({ dataDirectory, durable: true });
  if (embedded && !embedded.wasRunning) await createDatabase(embedded);
  return complete(given, dataDirectory, embedded);
}

/** The same for a command that must not make anything: null where no database has been set up yet. */
export async function existingProductEnvironment(given: Variables): Promise<ProductEnvironment | null> {
  const dataDirectory = resolve(given.AIVO_DATA_DIR || ".data");
  const isThere =
    Boolean(given.DATABASE_URL) ||
    (await findEmbeddedPostgres(dataDirectory)) !== null ||
    existsSync(join(dataDirectory, "postgres", "aivo.conf"));
  return isThere ? productEnvironment(given) : null;
}

async function complete(given: Variables, dataDirectory: string, embedded: EmbeddedPostgres | null): Promise<ProductEnvironment> {
  const port = given.PORT || "3000";
  const databaseUrl = given.DATABASE_URL || embedded?.url(databaseName);
  const demo = await demoEnvironment(given, dataDirectory, databaseUrl);
  return {
    dataDirectory,
    embedded,
    variables: {
      ...given,
      ...demo,
      AIVO_DATA_DIR: dataDirectory,
      PORT: port,
      DATABASE_URL: databaseUrl,
      NEXTAUTH_URL: given.NEXTAUTH_URL || demo.NEXTAUTH_URL || `http://localhost:${port}`,
      NEXTAUTH_SECRET: given.NEXTAUTH_SECRET || (await secretFile(join(dataDirectory, "nextauth-secret"), makeSecret)),
      AIVO_ENCRYPTION_KEYS: given.AIVO_ENCRYPTION_KEYS || (await secretFile(join(dataDirectory, "encryption-keys"), makeKeyring)),
    },
    release: async () => {
      if (embedded && !embedded.wasRunning) await embedded.stop();
    },
  };
}

async function createDatabase(server: EmbeddedPostgres): Promise<void> {
  const sql = postgres(server.url("postgres"), { max: 1, onnotice: () => {} });
  try {
    const [known] = await sql`select 1 from pg_database where datname = ${databaseName}`;
    if (!known) await sql`create database ${sql(databaseName)}`;
  } finally {
    await sql.end();
  }
}
