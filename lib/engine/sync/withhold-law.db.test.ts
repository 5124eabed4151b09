import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";

/**
 * Nights in which random people are missing, admins who approve and refuse at random, and what may never happen meanwhile: that somebody is
 * withdrawn whom the SIS has, or who waits and was not approved.
 */
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const people = 24;
const everybody = Array.from({ length: people }, (_, n) => n);
const safety = { ...defaultSafety, minDeactivated: 2, minSchoolDeactivated: 2, minChanged: 2, maxFewerRowsPercent: 10 };

const person = (n: number, name: string): RawRow => ({
  sourcedId: `p${n}`,
  role: "student",
  givenName: name,
  familyName: `Family ${n}`,
  email: `p${n}@x.example`,
  identifier: `${n}`,
  grades: "03",
  orgSourcedIds: n % 2 ? "s1" : "s2",
});
function sis(present: ReadonlySet<number>, names: ReadonlyMap<number, string>, mode: "bulk" | "delta"): SisState {
  const listed = everybody.filter((n) => present.has(n));
  const users = listed.map((n) => person(n, names.get(n) ?? `Given ${n}`));
  const enrollments = listed.map((n) => ({ sourcedId: `e${n}`, classSourcedId: "c", userSourcedId: `p${n}`, role: "student" }));
  if (mode === "delta") return { mode, rows: { users, enrollments } };
  return {
    rows: {
      orgs: ["s1", "s2"].map((id) => ({ sourcedId: id, name: id, type: "school", identifier: id })),
      academicSessions: [],
      courses: [],
      classes: [{ sourcedId: "c", title: "Class", classType: "homeroom", schoolSourcedId: "s1", termSourcedIds: "" }],
      users,
      enrollments,
    },
  };
}

const few = fc.subarray(everybody);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("night" as const), missing: few, renamed: few, isDelta: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("approve" as const), who: few }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("refuse" as const), who: few }) },
);

test("nobody who waits is withdrawn without an approval, and nobody whom the SIS has at all", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
      const district = await newDistrict(database.db);
      const integration = await newIntegration(database.db, district, safety);
      const sync = (state: SisState, options: Parameters<typeof syncOnce>[4] = {}) =>
        syncOnce(database.db, district, integration, state, options);
      const look = async () => {
        const rows = await database.db.sql<
          { n: number; active: boolean; name: string; isMember: boolean; waits: string[]; refused: boolean }[]
        >`
          select substr(l.external_id, 2)::int as n, a.status = 'active' as active, a.given_name as name,
            exists (select from memberships m where m.district_id = ${district} and m.account_id = a.id and m.status = 'active') as "isMember",
            array(select w.field from withheld_records w where w.district_id = ${district} and w.record_id = a.id order by 1) as waits,
            exists (select from withheld_records w where w.district_id = ${district} and w.record_id = a.id and w.refused_at is not null) as refused
          from source_records l join accounts a on a.district_id = ${district} and a.id = l.record_id
          where l.district_id = ${district} and l.collection = 'users'`;
        return new Map(rows.map((row) => [row.n, row]));
      };
      let present: ReadonlySet<number> = new Set(everybody);
      const names = new Map<number, string>();
      expect((await sync(sis(present, names, "bulk"))).state).toBe("succeeded");
      for (const one of steps) {
        const before = await look();
        const chosen = (who: readonly number[]) => who.map((n) => `p${n}`);
        if (one.kind === "refuse") {
          await database.db.sql`
            update withheld_records set refused_at = now() where district_id = ${district} and external_id = any(${chosen(one.who)}::text[])`;
          continue;
        }
        if (one.kind === "approve") {
          const run = await sync(sis(present, names, "bulk"), {
            kind: "approval",
            beforeRun: (runId) => database.db.sql`
              update withheld_records set approved_run_id = ${runId}
              where district_id = ${district} and external_id = any(${chosen(one.who)}::text[])`,
          });
          expect(run.state).toBe("succeeded");
        } else {
          // Changes tell of those who changed; who is missing from them did not leave.
          if (!one.isDelta) present = new Set(everybody.filter((n) => !one.missing.includes(n)));
          const renamed = one.renamed.filter((n) => present.has(n));
          for (const n of renamed) names.set(n, `Renamed ${one.missing.length}`);
          if (present.size === 0) present = new Set([0]);
          const run = await sync(one.isDelta ? sis(new Set(renamed), names, "delta") : sis(present, names, "bulk"));
          expect(run.state).toBe("succeeded");
        }
        const after = await look();
        for (const n of everybody) {
          const [was, is] = [before.get(n), after.get(n)];
          const isApproved = one.kind === "approve" && one.who.includes(n);
          // Whoever the SIS has is there, in class, and does not wait to leave.
          if (present.has(n)) expect(is).toMatchObject({ active: true, isMember: true });
          if (present.has(n)) expect(is?.waits).not.toContain("");
          // Whoever it has not is gone, or waits.
          else expect(is?.active, `person ${n}`).toBe(is?.waits.includes(""));
          expect(is?.isMember).toBe(is?.active);
          // Who waited does so still, unless approved, or back.
          if (was?.waits.includes("") && !present.has(n)) expect(is?.active).toBe(!isApproved);
          if (was?.waits.includes("given_name") && is?.waits.includes("given_name")) expect(is.name).toBe(was.name);
          // Aivo has what the SIS says, or it waits.
          const said = names.get(n) ?? `Given ${n}`;
          if (present.has(n) && !is?.waits.includes("given_name")) expect(is?.name).toBe(said);
        }
        // The same once more changes nothing.
        if (one.kind === "night" && !one.isDelta) expect((await sync(sis(present, names, "bulk"))).changeCount).toBe(0);
      }
    }),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 2), endOnFailure: true },
  );
}, 3_600_000);
