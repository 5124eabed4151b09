import { connect, createServer } from "node:net";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { testDatabase } from "#lib/platform/testing/database.ts";
import { inMessages } from "#lib/platform/testing/transaction-pooler.ts";
import { openDatabase } from "./client.ts";

/** What cli/mend-postgres.mjs adds for statements without names: their answer comes in one trip, and is the one that it was in two. */
const { url, close } = await testDatabase();
const named = openDatabase(url, { max: 1 });
const relay = await startRelay();
const unnamed = openDatabase(relay.url, { max: 1, prepare: false });
afterAll(async () => {
  await Promise.all([named.close(), unnamed.close()]);
  relay.stop();
  await close();
});

/** Counts how often a client waits for an answer: each sync, query and flush. */
async function startRelay() {
  const target = new URL(url);
  let trips = 0;
  const listener = createServer({ noDelay: true }, (client) => {
    const server = connect({ port: Number(target.port), host: target.hostname, noDelay: true });
    server.pipe(client);
    const counted = inMessages((message) => {
      if (["S", "Q", "H"].includes(String.fromCharCode(message[0] ?? 0))) trips++;
      server.write(message);
    });
    let isSignedIn = false;
    server.once("data", () => {
      isSignedIn = true;
    });
    client.on("data", (piece: Buffer) => (isSignedIn ? counted(piece) : server.write(piece)));
    for (const end of [client, server]) end.on("error", () => {});
    client.on("close", () => server.destroy());
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const through = new URL(url);
  through.port = String(address.port);
  return {
    url: through.href,
    trips: async (work: () => Promise<unknown>) => {
      const before = trips;
      await work();
      return trips - before;
    },
    stop: () => listener.close(),
  };
}

type Sql = typeof named.sql;
const uuid = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

const plain: Record<string, (sql: Sql) => PromiseLike<unknown>> = {
  "a text": (sql) => sql`select ${"O'Brien, \\ {}"} as it`,
  "a number": (sql) => sql`select ${7}::int + 1 as it, ${1.5}::float8 as half`,
  "a large number": (sql) => sql`select ${String(2n ** 60n)}::bigint as it`,
  "an object, as its text": (sql) => sql`select ${JSON.stringify({ a: [1, "b"] })}::jsonb as it`,
  "yes and no": (sql) => sql`select ${true} as yes, not ${true} as no`,
  nothing: (sql) => sql`select ${null}::text as it`,
  "an id": (sql) => sql`select ${uuid}::uuid as it`,
  "ids and texts": (sql) => sql`select ${[uuid, uuid]}::uuid[] as ids, ${["a,b", 'c"d', "", "{}", "\\", "NULL"]}::text[] as texts`,
  numbers: (sql) => sql`select ${[3, 1, 2]}::int[] as it`,
  "no ids": (sql) => sql`select ${[]}::uuid[] as it, 1 = any(${[1]}::int[]) as has`,
};

const described: Record<string, (sql: Sql) => PromiseLike<unknown>> = {
  bytes: (sql) => sql`select ${Buffer.from("bytes")} as it`,
  "a list that is not cast": (sql) => sql`select 2 = any(${[1, 2]}) as has`,
  "lists of truth": (sql) => sql`select array_length(${sql.array([true, false], 1000)}, 1) as it`,
};

for (const [what, ask] of Object.entries(plain))
  test(`${what} goes over in one trip, and means the same`, async () => {
    await unnamed.sql`select 1`;
    expect(
      await relay.trips(async () => expect([...((await ask(unnamed.sql)) as object[])]).toEqual([...((await ask(named.sql)) as object[])])),
    ).toBe(1);
  });

for (const [what, ask] of Object.entries(described))
  test(`for ${what} the server is asked first, and it means the same`, async () => {
    await unnamed.sql`select 1`;
    expect(
      await relay.trips(async () => expect([...((await ask(unnamed.sql)) as object[])]).toEqual([...((await ask(named.sql)) as object[])])),
    ).toBe(2);
  });

test("whatever texts say, they come back as they were", async () => {
  // PostgreSQL has no text with a NUL in it.
  const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll("\0", ""));
  await fc.assert(
    fc.asyncProperty(text, fc.array(text), async (one, many) => {
      const [row] = await unnamed.sql`select ${one}::text as one, ${many}::text[] as many`;
      expect(row).toEqual({ one, many });
    }),
    { numRuns: 200 },
  );
});

test("an error leaves nothing behind, in a transaction and out of one", async () => {
  await expect(unnamed.sql`select ${"no number"}::int`).rejects.toMatchObject({ code: "22P02" });
  await expect(unnamed.sql`select ${1}::int / ${0}::int`).rejects.toMatchObject({ code: "22012" });
  await unnamed.sql.begin(async (sql) => {
    await sql`select ${"first"}::text`;
    await sql.savepoint((inside) => inside`select ${1}::int / ${0}::int`).catch(() => {});
    expect(await sql`select ${"after"}::text as it`).toEqual([{ it: "after" }]);
  });
  const all = await Promise.all([1, 2, 3].map((n) => unnamed.sql`select ${n}::int as n`));
  expect(all.map(([row]) => row?.n)).toEqual([1, 2, 3]);
});
