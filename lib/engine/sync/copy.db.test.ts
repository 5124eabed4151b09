import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "#lib/platform/db/client.ts";
import { isDatabaseAway } from "#lib/platform/db/error-codes.ts";
import { testDatabase } from "#lib/platform/testing/database.ts";
import { CopyStream } from "./copy.ts";

const { db: admin, url, close } = await testDatabase();
/** One connection: whoever keeps it makes the next question hang. */
let db: Database;

beforeAll(async () => {
  await admin.sql.unsafe(`
    create table pebbles (n int);
    create table stones (n int unique deferrable initially deferred);
    create table held (n int);
    create function wait_for_lock() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(7); return null; end $$;
    create constraint trigger waits after insert on held deferrable initially deferred for each row execute function wait_for_lock();`);
  db = openDatabase(url, { applicationName: "copy-test", max: 1 });
});
afterAll(async () => {
  await db.close();
  await close();
});

const going = () => new AbortController().signal;
const open = (table: string, signal = going()) => CopyStream.open(db.sql, table, ["n"], signal);
/** Who asks in the moment of a loss may be told of it; the next answer is a whole one. */
const isUsable = () =>
  expect.poll(async () => [...(await db.sql`select 1 as one`.catch(() => []))], { timeout: 20_000 }).toEqual([{ one: 1 }]);
const manyRows = "1\n".repeat(50_000);

/** Ends the server's process of the connection under test, once there is one that matches. */
async function terminate(where: string): Promise<void> {
  const select = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'copy-test' and query ~ '^(copy|commit)' and ${where}`;
  await expect.poll(async () => (await admin.sql.unsafe(select)).length, { timeout: 20_000 }).toBe(1);
}

/** Writes until that is refused. */
async function writeOn(copy: CopyStream): Promise<never> {
  for (;;) {
    await copy.write(manyRows);
    await admin.sql`select`;
  }
}

test("rows are there after the end, and the connection is free again", async () => {
  const copy = await open("pebbles");
  await copy.write("1\n2\n");
  await copy.end();
  expect(await db.sql`select n from pebbles order by n`).toEqual([{ n: 1 }, { n: 2 }]);
  await db.sql`truncate pebbles`;
});

test("a row that the server refuses ends it with the server's error", async () => {
  const copy = await open("pebbles");
  await copy.write("no number\n");
  await expect(writeOn(copy)).rejects.toMatchObject({ code: "22P02" });
  await expect(copy.end()).rejects.toMatchObject({ code: "22P02" });
  await isUsable();
});

test("so does one that is refused after the last row", async () => {
  const copy = await open("stones");
  await copy.write("1\n1\n");
  await expect(copy.end()).rejects.toMatchObject({ code: "23505" });
  await isUsable();
});

test("a table that is not there is the error of opening it", async () => {
  await expect(open("boulders")).rejects.toMatchObject({ code: "42P01" });
  await isUsable();
});

test("a connection that is lost while rows are written, or between two, ends it", async () => {
  const busy = await open("pebbles");
  await Promise.all([expect(writeOn(busy)).rejects.toSatisfy(isDatabaseAway), terminate("true")]);
  await isUsable();
  const idle = await open("pebbles");
  await terminate("true");
  await expect(writeOn(idle)).rejects.toSatisfy(isDatabaseAway);
  idle.abort();
  await isUsable();
});

test("a connection that is lost after the last row ends it", async () => {
  await admin.sql.begin(async (sql) => {
    await sql`select pg_advisory_xact_lock(7)`;
    const copy = await open("held");
    await copy.write("1\n");
    const ended = expect(copy.end()).rejects.toSatisfy(isDatabaseAway);
    await terminate("wait_event_type = 'Lock'");
    await ended;
  });
  await isUsable();
});

test("the end of the run ends it: while it writes, while it waits for its table, and before it begins", async () => {
  const reason = new Error("the run was told to end");
  const writing = new AbortController();
  const copy = await open("pebbles", writing.signal);
  const written = expect(writeOn(copy)).rejects.toBe(reason);
  writing.abort(reason);
  await written;
  await isUsable();

  const waiting = new AbortController();
  await admin.sql.begin(async (sql) => {
    await sql`lock table pebbles in share mode`;
    const opened = expect(open("pebbles", waiting.signal)).rejects.toMatchObject({ code: "57014" });
    const isBlocked = () => admin.sql`select from pg_stat_activity where application_name = 'copy-test' and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await isBlocked()).length, { timeout: 20_000 }).toBe(1);
    const canceller = openDatabase(url, { max: 1 });
    waiting.abort(reason);
    await canceller.sql`select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'copy-test' and wait_event_type = 'Lock'`;
    await canceller.close();
    await opened;
  });
  await isUsable();
  await expect(open("pebbles", AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(await db.sql`select from pebbles`).toHaveLength(0);
});
