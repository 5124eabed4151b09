import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isAlive } from "./lock.ts";
import type { Variables } from "./variables.ts";

/** What `npm start` adds to the environment of its own processes for the sandbox district (sandbox.ts), and where it serves. */
const names = [
  "AIVO_TRUSTED_SIS_ORIGINS",
  "CLEVER_API_URL",
  "CLEVER_AUTH_URL",
  "CLASSLINK_PROXY_URL",
  "AIVO_SMTP_URL",
  "AIVO_MAIL_FROM",
  "NEXTAUTH_URL",
] as const;

const Kept = z.object({
  /** The `npm start` that wrote it. */
  pid: z.number(),
  database: z.string(),
  variables: z.record(z.enum(names), z.string()),
});

const pathIn = (dataDirectory: string) => join(dataDirectory, "demo-environment.json");

/**
 * Writes down, for the commands of other terminals, where the sandbox of this `npm start` listens and that it is trusted.
 * `variables` is the environment that its worker and web server get.
 */
export async function keepDemoEnvironment(dataDirectory: string, variables: Variables): Promise<void> {
  const kept: z.infer<typeof Kept> = {
    pid: process.pid,
    database: databaseOf(variables.DATABASE_URL),
    variables: Kept.shape.variables.parse(Object.fromEntries(names.map((name) => [name, withoutSecret(variables[name])]))),
  };
  const aside = `${pathIn(dataDirectory)}.${process.pid}`;
  await writeFile(aside, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  await rename(aside, pathIn(dataDirectory));
}

export async function dropDemoEnvironment(dataDirectory: string): Promise<void> {
  await rm(pathIn(dataDirectory), { force: true });
}

/**
 * What a command on the database `databaseUrl` takes over from an `npm start` of the same data directory: nothing where the demo is
 * off, where that start has ended (another program may have its ports by now), or where it works on another database, whose
 * secrets must not go to a sandbox. A variable that was given counts instead of the one taken over.
 */
export async function demoEnvironment(given: Variables, dataDirectory: string, databaseUrl: string | undefined): Promise<Variables> {
  if (given.AIVO_DEMO === "0") return {};
  const kept = Kept.safeParse(await readJson(pathIn(dataDirectory)));
  if (!kept.success || !isAlive(kept.data.pid) || kept.data.database !== databaseOf(databaseUrl)) return {};
  return Object.fromEntries(names.map((name) => [name, given[name] || kept.data.variables[name]]));
}

/** A mail server of the operator's own has a password in its address; such a one is not passed on. */
function withoutSecret(value: string | undefined): string | undefined {
  return value !== undefined && URL.parse(value)?.password ? "" : value;
}

/** A database's name without who signs in and how, which has no business in a second file. */
function databaseOf(url: string | undefined): string {
  if (!url || !URL.canParse(url)) return "";
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return null;
  }
}
