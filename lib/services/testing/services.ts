import { randomBytes } from "node:crypto";
import { parseKeyring } from "#lib/platform/crypto/keyring.ts";
import { type Env, parseEnv } from "#lib/platform/env.ts";
import { openJobs } from "#lib/platform/jobs.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import type { OpenServices, Services } from "#lib/services/services.ts";

export interface TestServices {
  readonly services: OpenServices;
  readonly database: TestDatabase;
  readonly env: Env;
  /** The variables that `env` was read from, for processes that a test starts. */
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Services over a database of the test file's own. `now` can stand still. */
export async function testServices(
  options: { readonly now?: () => Date; readonly variables?: Record<string, string> } = {},
): Promise<TestServices> {
  const database = await testDatabase();
  const variables = {
    DATABASE_URL: database.url,
    AIVO_DISTRICT_DATABASE_URL: database.districtUrl ?? "",
    NEXTAUTH_SECRET: randomBytes(32).toString("base64"),
    AIVO_ENCRYPTION_KEYS: `test-1:${randomBytes(32).toString("base64")}`,
    ...options.variables,
  };
  const env = parseEnv(variables);
  const jobs = await openJobs(database.db, database.url);
  const close = () => jobs.close().then(database.close);
  const services = { db: database.db, env, keyring: parseKeyring(env.encryptionKeys), jobs, now: options.now ?? (() => new Date()), close };
  return { services, database, env, variables, close };
}

/** Credentials of a server that nobody asks. */
export const someCredentials = {
  host: "sftp.example.org",
  port: 22,
  username: "aivo",
  password: "correct horse",
  directory: "/drop",
} as const;

export type { Services };
export { newDistrict };
