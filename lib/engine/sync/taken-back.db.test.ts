import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, setScope, sourceOf, syncOnce } from "#lib/engine/testing/sync.ts";
import { integrationState, mirrorOf, takeMirrorBack } from "#lib/engine/testing/taken-back.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { manualAccounts, scopedHistories } from "./model/histories.ts";

/** What a run leaves behind is enough to tell how things were before it. */
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const undone = Symbol("undone");
type Mirror = Awaited<ReturnType<typeof mirrorOf>>;

/** The mirror as it was before each of the runs, which are given from the latest on. Nothing is changed. */
async function mirrorsBefore(integration: string, runs: readonly string[]): Promise<Mirror[]> {
  const mirrors: Mirror[] = [];
  const looking = database.db.sql.begin(async (sql) => {
    for (const run of runs) {
      await takeMirrorBack(sql, run);
      mirrors.push(await mirrorOf(sql, integration));
    }
    throw undone;
  });
  await looking.catch((error) => {
    if (error !== undone) throw error;
  });
  return mirrors;
}

const withoutStale = (mirror: Mirror | undefined) => [...(mirror ?? [])].map(([key, { stale: _, ...row }]) => [key, row]);

test("mirror, links and integration are told as they were before the latest run, and before those that were before it", async () => {
  const { db } = database;
  const steps = fc.array(fc.record({ approves: fc.boolean(), learns: fc.constantFrom(null, { at: 1 }, { at: 2 }) }), {
    minLength: 5,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(manualAccounts, scopedHistories, steps, async (people, history, ways) => {
      const districtId = await newDistrict(db);
      const integrations = [await newIntegration(db, districtId), await newIntegration(db, districtId)];
      const values = people.map((person, n) => ({ ...person, districtId, givenName: "Manual", familyName: `${n}` }));
      if (values.length > 0) await db.orm.insert(accounts).values(values);
      const applied = new Map<string, { readonly run: string; readonly before: Mirror }[]>();
      for (const [index, step] of history.entries()) {
        const integration = integrations[step.integration] ?? "";
        const { approves, learns } = ways[index] ?? { approves: false, learns: null };
        if (step.scope) await setScope(db, integration, step.scope);
        const before = await mirrorOf(db.sql, integration);
        const stateBefore = await integrationState(db.sql, integration);
        const run = await sync(districtId, integration, step.state, approves, { index, learns });
        if (run?.state !== "succeeded") continue;
        const [told] = await mirrorsBefore(integration, [run.id]);
        expect(told).toEqual(before);
        expect(run.before).toEqual(stateBefore);
        const [kept] = await db.sql<{ count: number; empty: number }[]>`
          select count(*)::int as count, (count(*) filter (where changes = '{}'))::int as empty
          from source_record_changes where run_id = ${run.id}`;
        expect(kept).toEqual({ count: run.sourceChangeCount, empty: 0 });
        if (before.size === 0) expect(kept?.count).toBe(0);
        applied.set(integration, [{ run: run.id, before }, ...(applied.get(integration) ?? [])]);
        if (step.deactivates)
          await db.sql`
            update accounts set status = 'deactivated', deactivated_by = 'admin' where district_id = ${districtId} and id in (
              select id from accounts where district_id = ${districtId} and status = 'active' and role <> 'admin'
              order by given_name, family_name, email limit 1)`;
      }
      for (const [integration, runs] of applied) {
        const mirrors = await mirrorsBefore(
          integration,
          runs.map(({ run }) => run),
        );
        for (const [index, { before }] of runs.entries()) expect(withoutStale(mirrors[index])).toEqual(withoutStale(before));
        expect(mirrors.at(-1)?.size).toBe(0);
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 3), endOnFailure: true },
  );
}, 3_600_000);

/** A sync, or a preview and its approval, that reads from a place and learns something. */
async function sync(
  district: string,
  integration: string,
  state: SisState,
  approves: boolean,
  { index, learns }: { readonly index: number; readonly learns: Readonly<Record<string, unknown>> | null },
) {
  const source = sourceOf(state);
  const extract: typeof source.extract = async (...given) => ({
    ...(await source.extract(...given)),
    cursor: () => ({ index }),
    learned: () => learns ?? {},
    identity: () => (learns ? { district: learns.at } : null),
  });
  const options = { source: { ...source, extract } };
  if (!approves) return syncOnce(database.db, district, integration, state, options);
  const preview = await syncOnce(database.db, district, integration, state, { ...options, kind: "preview" });
  if (preview.state !== "previewed") return null;
  return syncOnce(database.db, district, integration, state, { kind: "approval", planRunId: preview.id });
}

describe("what is kept of a row", () => {
  const school: RawRow = { sourcedId: "s1", name: "North", type: "school", identifier: "1" };
  const person = (id: string, fields: RawRow = {}): RawRow => ({
    sourcedId: id,
    role: "student",
    givenName: "Given",
    familyName: id,
    identifier: id,
    orgSourcedIds: "s1",
    ...fields,
  });
  const sis = (...users: RawRow[]): SisState => ({
    rows: { orgs: [school], classes: [{ sourcedId: "c1", title: "A", schoolSourcedId: "s1" }], users, enrollments: [] },
  });
  const kept = async (run: { readonly id: string }) => [
    ...(await database.db.sql`
      select external_id as id, changes, before from source_record_changes where run_id = ${run.id} and collection = 'users' order by 1`),
  ];

  test("of a first sync nothing; later what changed, and no more", async () => {
    const district = await newDistrict(database.db);
    const integration = await newIntegration(database.db, district);
    const run = (...users: RawRow[]) => syncOnce(database.db, district, integration, sis(...users));
    const first = await run(person("p1"), person("p2"), person(""));
    expect(await kept(first)).toEqual([]);
    expect(first.sourceChangeCount).toBe(0);

    const stranger = { ...person("p2"), givenName: "Quite", familyName: "Other", identifier: "99" };
    const second = await run(person("p1", { familyName: "Married" }), stranger, person("p3"));
    const [gone, one, other, ...rest] = await kept(second);
    expect(rest).toEqual([]);
    expect(gone).toMatchObject({ changes: ["gone"], before: { given_name: "Given", fate: "left-out", reason: "id-missing" } });
    expect(one).toMatchObject({ id: "p1", changes: ["content"], before: { family_name: "p1", run_id: first.id } });
    expect(Object.keys(one?.before).sort()).toEqual(["family_name", "hash", "run_id", "since"]);
    expect(other).toMatchObject({
      id: "p2",
      changes: ["content", "decided"],
      before: { given_name: "Given", fate: "rostered", reason: null },
    });

    const third = await run(stranger, person("p3"));
    expect(await kept(third)).toMatchObject([{ id: "p1", changes: ["decided", "link-ended"], before: { rostered: true, ended_at: null } }]);
    const fourth = await run(person("p1"), stranger, person("p3"));
    expect(await kept(fourth)).toMatchObject([{ id: "p1", changes: ["content", "decided", "link-revived"], before: { rostered: false } }]);
    await database.db.sql`
      insert into match_decisions (district_id, integration_id, external_id, evidence, account_id, verdict, reason)
      select district_id, integration_id, external_id, conflict ->> 'evidence', record_ids[1], 'somebody-else', 'Seen' from issues
      where integration_id = ${integration} and code = 'match-takeover'`;
    const fifth = await run(person("p1"), stranger, person("p3"));
    expect(await kept(fifth)).toMatchObject([{ id: "p2", changes: ["decided", "link-moved"], before: { fate: "withheld" } }]);
    expect((await run(person("p1"), stranger, person("p3"))).sourceChangeCount).toBe(0);
  });
});
