import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeEach, expect, inject, test } from "vitest";
import { migrate } from "#lib/platform/db/migrate.ts";
import { testServices } from "#lib/services/testing/services.ts";

/** What a worker and the command line say when they cannot start, and what a database's owner who is no superuser has to be granted. */
const root = join(import.meta.dirname, "..");
const { variables, close } = await testServices();
afterAll(close);

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((ended) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, NODE_ENV: "test", ...environment },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.on("close", (code) => ended({ code, said }));
  });
}
const startWorker = (environment: Readonly<Record<string, string>>) => run(["worker/index.ts"], environment);
const listDistricts = (environment: Readonly<Record<string, string>>) => run(["cli/sis.ts", "district", "list"], environment);

const admin = postgres(inject("databaseServerUrl"), { max: 1, onnotice: () => {} });
afterAll(() => admin.end());
const names: string[] = [];
const roles: string[] = [];
afterEach(async () => {
  for (const name of names.splice(0)) await admin`drop database ${admin(name)} with (force)`;
  for (const role of roles.splice(0)) {
    await admin.unsafe(`revoke aivo_app, aivo_school from ${role} cascade`);
    await admin`drop role ${admin(role)}`;
  }
});

function urlOf(database: string, user?: string): string {
  const url = new URL(inject("databaseServerUrl"));
  url.pathname = `/${database}`;
  if (user) Object.assign(url, { username: user, password: "owner" });
  return url.href;
}

/** An empty database, of an owner who is no superuser. */
async function ownedDatabase(rights = ""): Promise<{ readonly owner: string; readonly url: string }> {
  const owner = `owner_${randomBytes(4).toString("hex")}`;
  const name = `aivo_test_${randomBytes(6).toString("hex")}`;
  await admin.unsafe(`create role ${owner} login password 'owner' ${rights}`);
  roles.push(owner);
  await admin.unsafe(`create database ${name} owner ${owner}`);
  names.push(name);
  return { owner, url: urlOf(name, owner) };
}

test("a worker without its environment names every variable that it needs, and ends", async () => {
  const { code, said } = await startWorker({});
  expect(code).toBe(1);
  for (const variable of ["DATABASE_URL", "NEXTAUTH_SECRET", "AIVO_ENCRYPTION_KEYS", "make one with: openssl", "docs/operations.md"])
    expect(said).toContain(variable);
});

test("a server that cannot be reached is named as that", async () => {
  const { code, said } = await startWorker({ ...variables, DATABASE_URL: "postgres://aivo:secret@127.0.0.1:1/aivo" });
  expect(code).toBe(1);
  expect(said).toMatch(/cannot be reached/);
  expect(said).not.toContain("secret");
});

let owned: Awaited<ReturnType<typeof ownedDatabase>>;
beforeEach(async () => {
  owned = await ownedDatabase();
});

test("a database without tables, of an older or a newer version, is told in words, by the worker and the command line", async () => {
  const environment = { ...variables, DATABASE_URL: owned.url };
  const refused = async (words: RegExp) => {
    for (const { code, said } of await Promise.all([startWorker(environment), listDistricts(environment)])) {
      expect(said).toMatch(words);
      expect(code).toBe(1);
    }
  };
  await refused(/no tables of Aivo's yet.*npm run db:migrate/);
  await admin.unsafe(`grant aivo_app, aivo_school to ${owned.owner} with admin option`);
  await migrate(owned.url);
  const sql = postgres(owned.url, { max: 1 });
  try {
    const last = sql`(select max(created_at) from drizzle.__drizzle_migrations)`;
    await sql`update drizzle.__drizzle_migrations set created_at = created_at + 1 where created_at = ${last}`;
    await refused(/newer version of Aivo/);
    await sql`update drizzle.__drizzle_migrations set created_at = created_at - 2 where created_at = ${last}`;
    await refused(/older version of Aivo.*npm run db:migrate/);
  } finally {
    await sql.end();
  }
});

test("an owner who may not use the role is told what to grant; with that grant the database is made and used", async () => {
  const { owner, url } = owned;
  await expect(migrate(url)).rejects.toThrow(`GRANT aivo_app TO ${owner} WITH ADMIN OPTION;`);
  await admin.unsafe(`grant aivo_app to ${owner} with admin option`);
  await expect(migrate(url)).rejects.toThrow(`GRANT aivo_school TO ${owner} WITH ADMIN OPTION;`);
  await admin.unsafe(`grant aivo_school to ${owner} with admin option`);
  await migrate(url);
  await migrate(url);
  const { code, said } = await listDistricts({ ...variables, DATABASE_URL: url });
  expect(said).toMatch(/retention/);
  expect(code).toBe(0);

  await admin.unsafe(`revoke aivo_app from ${owner} cascade`);
  const refused = await listDistricts({ ...variables, DATABASE_URL: url });
  expect(refused.said).toContain(`GRANT aivo_app TO ${owner};`);
  expect(refused.code).toBe(1);
});
