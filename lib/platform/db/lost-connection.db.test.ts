import { connect, createServer } from "node:net";
import type postgres from "postgres";
import { afterAll, expect, test } from "vitest";
import { freePort } from "#cli/support/free-port.ts";
import { testDatabase } from "#lib/platform/testing/database.ts";
import { openDatabase } from "./client.ts";

/** What cli/mend-postgres.mjs is for: a connection that was lost leaves nothing behind in the pool. */
const { db: admin, url, close } = await testDatabase();
afterAll(close);

const terminate = () => admin.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lost-test'`;
const isThere = (query: string) =>
  expect
    .poll(
      async () =>
        (await admin.sql`select from pg_stat_activity where application_name = 'lost-test' and state <> 'idle' and query like ${query}`)
          .length,
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0);

test("whatever was under way when a connection is lost, the next question of its slot gets its own answer", async () => {
  const db = openDatabase(url, { applicationName: "lost-test", max: 1 });
  for (const sleep of ["select pg_sleep(60)", "select n, pg_sleep(0.001) from generate_series(1, 100000) n"]) {
    const asked = expect(db.sql.unsafe(sleep)).rejects.toMatchObject({ code: "57P01" });
    await isThere(`${sleep.slice(0, 12)}%`);
    await terminate();
    await asked;
    // Who asks in the moment of a loss may be told of it; the next answer is a whole one.
    await expect.poll(async () => [...(await db.sql`select 1 as one`.catch(() => []))], { timeout: 20_000 }).toEqual([{ one: 1 }]);
    expect(await db.sql`select n from generate_series(1, 3) n where n > ${1}`).toEqual([{ n: 2 }, { n: 3 }]);
  }
  await db.close();
});

test("an error after some rows leaves none of them to the next result", async () => {
  const db = openDatabase(url, { applicationName: "lost-test", max: 1 });
  await expect(db.sql`select 1 / (4 - n) as n from generate_series(1, 9) n`).rejects.toMatchObject({ code: "22012" });
  expect(await db.sql`select 1 as one`).toEqual([{ one: 1 }]);
  await db.close();
});

test("a transaction whose connection was lost does not undo what the slot does next", async () => {
  await admin.sql`create table written (n int)`;
  const db = openDatabase(url, { applicationName: "lost-test", max: 1 });
  const wait = Promise.withResolvers<void>();
  const lost = db.sql.begin(async (sql) => {
    await sql`select 'lost'`;
    await wait.promise;
    await sql`insert into written values (1)`;
  });
  const told = expect(lost).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  await isThere("select 'lost'%");
  await terminate();
  await told;
  await expect.poll(async () => (await db.sql`select`.catch(() => [])).length, { timeout: 20_000 }).toBe(1);
  await db.sql.begin(async (sql) => {
    await sql`insert into written values (2)`;
    wait.resolve();
    await sql`select pg_sleep(0.05)`;
    await sql`insert into written values (3)`;
  });
  expect(await admin.sql`select n from written order by n`).toEqual([{ n: 2 }, { n: 3 }]);
  await db.close();
});

test("a reservation whose connection was lost is no longer one", async () => {
  const db = openDatabase(url, { applicationName: "lost-test", max: 1 });
  const lost = await db.sql.reserve();
  const asked = expect(lost`select pg_sleep(60)`).rejects.toMatchObject({ code: "57P01" });
  await isThere("select pg_sleep%");
  await terminate();
  await asked;
  // The first thing on a new connection, of a server whose types are known by now; told of the loss in its very moment.
  const again = (): Promise<postgres.ReservedSql> => db.sql.reserve().catch(again);
  const next = await again();
  lost.release();
  await expect(lost`select 1`).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  expect(await next`select 1 as one`).toEqual([{ one: 1 }]);
  next.release();
  expect(await db.sql`select 2 as two`).toEqual([{ two: 2 }]);
  await db.close();
});

test("a reservation that waits while the only connection is lost gets the next one", async () => {
  const db = openDatabase(url, { applicationName: "lost-test", max: 1 });
  for (let round = 0; round < 3; round++) {
    const first = await db.sql.reserve();
    await first`select 1`;
    const second = db.sql.reserve();
    await terminate();
    const reserved = await second;
    expect([...(await reserved`select 2 as two`)]).toEqual([{ two: 2 }]);
    first.release();
    reserved.release();
  }
  expect([...(await db.sql`select 3 as three`)]).toEqual([{ three: 3 }]);
  await db.close();
});

test("a reservation for which there was no connection takes none afterwards", async () => {
  const through = new URL(url);
  const port = await freePort();
  const proxy = createServer((socket) => {
    const server = connect(Number(new URL(url).port), new URL(url).hostname);
    for (const end of [socket, server]) end.on("error", () => {});
    socket.pipe(server).pipe(socket);
  });
  through.hostname = "127.0.0.1";
  through.port = String(port);
  const db = openDatabase(through.href, { applicationName: "lost-test", max: 1 });
  await expect(db.sql.reserve()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await new Promise<void>((resolve) => proxy.listen(port, "127.0.0.1", resolve));
  expect([...(await db.sql`select 1 as one`)]).toEqual([{ one: 1 }]);
  const reserved = await db.sql.reserve();
  expect([...(await reserved`select 2 as two`)]).toEqual([{ two: 2 }]);
  reserved.release();
  await db.close();
  proxy.close();
});
