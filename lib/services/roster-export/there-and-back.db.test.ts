/** A roster that goes out and is read again by another district is the same roster, whoever is at however many schools in whatever order. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSource } from "#lib/engine/sis/create.ts";
import { type Bench, startBench } from "#lib/engine/testing/sis/oneroster-csv.ts";
import { impatience } from "#lib/engine/testing/sis/rest.ts";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { exportRoster } from "./export.ts";

const { services, close } = await testServices();
const { db } = services;
let bench: Bench;
let folder: string;
beforeAll(async () => {
  bench = await startBench();
  folder = await mkdtemp(join(tmpdir(), "aivo-there-and-back-"));
});
afterAll(async () => {
  await bench.stop();
  await close();
  await rm(folder, { recursive: true, force: true });
});

/** Neither in the order of their ids nor of their names. */
const schools = ["s9", "S2", "s-1", "s10", "s_3", "s5"];
const onePerson = fc.record({
  kind: fc.constantFrom("student", "teacher"),
  at: fc.shuffledSubarray(schools),
});
const people =
  fc.sample(fc.array(onePerson, { minLength: 60, maxLength: 60 }), { numRuns: 1, seed: Number(process.env.AIVO_SEED) })[0] ?? [];
const roster: SisState = {
  rows: {
    orgs: schools.map((id) => ({ sourcedId: id, name: `School ${id}`, type: "school" })),
    academicSessions: [
      { sourcedId: "y", title: "Year", type: "schoolYear", startDate: "2020-08-01", endDate: "2040-06-01", schoolYear: "2040" },
    ],
    courses: [{ sourcedId: "k", title: "Algebra", orgSourcedId: "s9" }],
    classes: schools.map((id) => ({
      sourcedId: `c-${id}`,
      title: `Algebra ${id}`,
      courseSourcedId: "k",
      schoolSourcedId: id,
      termSourcedIds: "y",
    })),
    users: people.map(
      ({ kind, at }, n): RawRow => ({
        ...{
          sourcedId: `p${n}`,
          role: kind,
          givenName: "Given",
          familyName: `Family ${n}`,
          email: `p${n}@x.example`,
          grades: kind === "student" ? "05" : "",
        },
        orgSourcedIds: at.join(),
      }),
    ),
    enrollments: people.flatMap(({ kind, at }, n) =>
      at.map((id): RawRow => ({ sourcedId: `e${n}-${id}`, classSourcedId: `c-${id}`, userSourcedId: `p${n}`, role: kind })),
    ),
  },
};

async function written(district: string, integration: string, version: "1.1" | "1.2"): Promise<Record<string, string>> {
  const directory = join(folder, `${district}-${version}`);
  await exportRoster(services, operatorScope(district), directory, integration, version);
  const files = await readdir(directory);
  // Each has its own district among its orgs.
  const texts = files.map(
    async (file) => [file, (await readFile(join(directory, file), "utf8")).replaceAll(district, "DISTRICT")] as const,
  );
  return Object.fromEntries(await Promise.all(texts));
}

test.each(["1.1", "1.2"] as const)("by OneRoster %s", async (version) => {
  expect(people.some(({ at }) => at.length > 3)).toBe(true);
  const district = await newDistrict(db, { name: "Same" });
  const integration = await newIntegration(db, district);
  expect((await syncOnce(db, district, integration, roster)).failure).toBeNull();
  const set = await written(district, integration, version);
  await bench.put(set);
  const other = await newDistrict(db, { name: "Same" });
  const copy = await newIntegration(db, other);
  const source = createSource("oneroster-csv", bench.credentials, impatience());
  const trustedOrigins = [`sftp://127.0.0.1:${bench.sshd.port}`];
  const run = await syncOnce(db, other, copy, { rows: {} }, { source, trustedOrigins });
  expect([run.state, run.failure, run.input?.version]).toEqual(["succeeded", null, version]);
  for (const as of ["1.1", "1.2"] as const) expect(await written(other, copy, as)).toEqual(await written(district, integration, as));
});
