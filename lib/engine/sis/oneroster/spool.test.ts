import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { RawFields } from "./records.ts";
import { PageSpool, readSpool } from "./spool.ts";

const folder = await mkdtemp(join(tmpdir(), "aivo-spool-"));
afterAll(() => rm(folder, { recursive: true }));

async function put(pages: readonly (readonly RawFields[])[]): Promise<{ path: string; sha256: string }> {
  const path = join(folder, "spool");
  const spool = await PageSpool.create(path);
  for (const [index, records] of pages.entries())
    await spool.write(
      index + 1,
      records.map((record) => JSON.stringify(record)),
    );
  return { path, sha256: await spool.end() };
}

async function taken(path: string): Promise<{ position: number; fields: RawFields }[]> {
  const records: { position: number; fields: RawFields }[] = [];
  for await (const batch of readSpool(path, "users", "/users"))
    for (const { place, fields } of batch.records) records.push({ position: place.position, fields });
  return records;
}

// Longer than what is written at a time, of characters of one, two, three and four bytes, and with what other readers take for line ends.
const units = ["a", "é", "語", "🏫", "\u2028"] as const;
const long = fc.constantFrom(...units).chain((unit) => fc.nat(150_000).map((times) => unit.repeat(times)));
const short = fc.string({ unit: fc.constantFrom(...units, "\n", '"') });
const record = fc.record({ sourcedId: short, givenName: fc.oneof({ weight: 20, arbitrary: short }, long) });

test("gives back every record with its page, whatever it says and however long it is", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(record, { maxLength: 30 }), { maxLength: 5 }), async (pages) => {
      const { path } = await put(pages);
      expect(await taken(path)).toEqual(pages.flatMap((records, index) => records.map((fields) => ({ position: index + 1, fields }))));
    }),
    { numRuns: 40 },
  );
});

test("hashes the records, not how they were cut into pages", async () => {
  const records = Array.from({ length: 3_000 }, (_, index) => ({ sourcedId: `u-${index}`, givenName: "Zoë".repeat(index % 50) }));
  const [{ sha256: whole }, { sha256: cut }] = [await put([records]), await put([records.slice(0, 7), records.slice(7)])];
  expect(cut).toBe(whole);
  expect((await put([records.slice(1)])).sha256).not.toBe(whole);
});

test("makes several records of one where it is told how", async () => {
  const path = join(folder, "several");
  const spool = await PageSpool.create(path);
  await spool.write(4, ['["a","b"]', "null"]);
  await spool.end();
  const expand = (ids: readonly string[] | null): readonly RawFields[] => (ids ?? [undefined]).map((sourcedId) => ({ sourcedId }));
  const batches = [];
  for await (const batch of readSpool(path, "enrollments", "/sections", expand)) batches.push(batch.records);
  const place = { part: "/sections", position: 4 };
  expect(batches).toEqual([["a", "b", undefined].map((sourcedId) => ({ place, fields: { sourcedId } }))]);
});
