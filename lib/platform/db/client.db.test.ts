import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startEmbeddedPostgres } from "#cli/support/embedded-postgres.ts";
import { postgresBinaries, runBinary, serverUser } from "#cli/support/postgres-binaries.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { newDistrict } from "#lib/platform/testing/database.ts";
import { openDatabase } from "./client.ts";
import { migrate } from "./migrate.ts";
import { openProbe } from "./probe.ts";
import { districts } from "./schema/districts.ts";
import { withDistrict } from "./tx.ts";

const folder = await mkdtemp(join(tmpdir(), "aivo-restarts-"));
const server = await startEmbeddedPostgres({ dataDirectory: folder, durable: false });
const url = server.url("postgres");
await migrate(url);
const max = 10;
const db = openDatabase(url, { max });
afterAll(async () => {
  await db.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
const district = await newDistrict(db);
const probe = openProbe(url);

/** What a page asks: the session, and then a few things in a transaction; some of them catch what goes wrong there and go on. */
async function page(): Promise<void> {
  await db.sql`select 1`;
  await withDistrict(db, operatorScope(district), async (tx) => {
    await tx.orm.select().from(districts);
    await tx.sql`select pg_sleep(0.002)`.catch(() => {});
    await tx.sql`select ${district}::uuid as id, repeat('x', 3000) as padding`;
  });
}

async function pgCtl(...args: string[]): Promise<void> {
  const { pgCtl: program } = await postgresBinaries();
  const cluster = join(folder, "postgres");
  await runBinary(program, [...args, "-D", cluster, "-w", "-s"], serverUser(), cluster);
}

test("after each restart of PostgreSQL every connection answers again, and health says both", async () => {
  for (const mode of ["immediate", "fast"]) {
    const over = new AbortController();
    const answered = { before: 0 };
    const readers = Array.from({ length: 30 }, async () => {
      while (!over.signal.aborted)
        await page().then(
          () => answered.before++,
          () => new Promise((later) => setImmediate(later)),
        );
    });
    await expect.poll(() => answered.before, { timeout: 30_000 }).toBeGreaterThan(30);
    await pgCtl("stop", "-m", mode);
    await expect.poll(probe, { timeout: 10_000 }).toBe(false);
    await pgCtl("start", "-l", join(folder, "postgres", "server.log"));
    await expect.poll(probe, { timeout: 10_000 }).toBe(true);
    over.abort();
    await Promise.all(readers);
    // Six times as many as there are connections, so that each has its turn: none fails, none waits for a slot that is dead.
    const answers = await Promise.allSettled(Array.from({ length: 6 * max }, () => page()));
    expect(answers.filter(({ status }) => status === "rejected")).toEqual([]);
  }
  const [connections] = await db.sql`select count(*)::int as count from pg_stat_activity where application_name = 'aivo'`;
  expect(connections?.count).toBeLessThanOrEqual(2 * max);
});

test("single connections cut again and again leave no dead one", async () => {
  for (let round = 0; round < 10; round++) {
    const pages = Promise.allSettled(Array.from({ length: 3 * max }, () => page()));
    await db.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'aivo' and pid <> pg_backend_pid() order by md5(pid::text || ${round}) limit ${1 + (round % 3)}`.catch(
      () => {},
    );
    await pages;
  }
  const answers = await Promise.allSettled(Array.from({ length: 6 * max }, () => page()));
  expect(answers.filter(({ status }) => status === "rejected")).toEqual([]);
});
