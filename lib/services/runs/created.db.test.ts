import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { editedHistories, manualAccounts } from "#lib/engine/sync/model/histories.ts";
import { doByHand } from "#lib/engine/testing/by-hand.ts";
import { newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { identityColumns, rosterColumns } from "#lib/platform/db/staging.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { linkEntities } from "#lib/roster/canonical.ts";
import { noteByHand } from "#lib/services/edits/history.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { findCreated } from "./created.ts";
import type { Columns } from "./fields.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

/** What a run has just created, by table: each record with its values, and what the run itself keeps of them. */
async function justCreated(runId: string): Promise<{ table: string; id: string; values: Columns; kept: Columns }[]> {
  const of = linkEntities.map((entity) => {
    const { table, columns } = rosterColumns[entity];
    const all = [...Object.keys(identityColumns[entity]), ...Object.keys(columns)].map((column) => `'${column}', r.${column}`);
    return `select '${table}' as table, r.id, jsonb_strip_nulls(jsonb_build_object(${all.join(", ")})) as values, c.after as kept
      from run_changes c join ${table} r on r.district_id = c.district_id and r.id = c.record_id where c.run_id = '${runId}' and c.action = 'created'`;
  });
  return db.sql.unsafe(of.join(" union all "));
}

/** Somebody who is created, and called otherwise by the next sync. */
const changes = ["Ann", "Bo"].map((givenName) => ({
  integration: 0,
  state: {
    rows: {
      orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
      users: [{ sourcedId: "p1", role: "student", givenName, familyName: "Li", identifier: "1", orgSourcedIds: "s1" }],
      classes: [{ sourcedId: "c1", title: "A", schoolSourcedId: "s1" }],
    },
  },
  deactivates: false,
  byHand: [],
  decides: [],
  first: null,
}));

test("the values that a record was created with are told, whatever becomes of it", async () => {
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(
      manualAccounts,
      editedHistories,
      fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      async (people, history, waits) => {
        const districtId = await newDistrict(db);
        const integrations = [await newIntegration(db, districtId), await newIntegration(db, districtId)];
        const values = people.map((person, n) => ({ ...person, districtId, givenName: "Manual", familyName: `${n}` }));
        if (values.length > 0) await db.orm.insert(accounts).values(values);
        const created: Awaited<ReturnType<typeof justCreated>> = [];
        for (const [index, { integration: which, state, deactivates, byHand }] of history.entries()) {
          const integration = integrations[which] ?? "";
          // A plan that waits, and is applied or overtaken, has changes of its own, which are nobody's.
          const preview = waits[index] ? await syncOnce(db, districtId, integration, state, { kind: "preview" }) : null;
          const approval = { kind: "approval", planRunId: preview?.id ?? "" } as const;
          const isApproved = preview?.state === "previewed" && index % 2 === 0;
          const run = await syncOnce(db, districtId, integration, state, isApproved ? approval : {});
          if (run.state !== "succeeded") continue;
          changed += (await db.sql`select from run_changes where run_id = ${run.id} and action = 'updated'`).length;
          created.push(...(await justCreated(run.id)));
          if (deactivates)
            await db.sql`
            update accounts set status = 'deactivated', deactivated_by = 'admin', updated_at = now() where district_id = ${districtId} and id in (
              select id from accounts where district_id = ${districtId} and status = 'active' and role <> 'admin' limit 1)`;
          await doByHand(db, districtId, byHand, (tx, { entity, recordId, before, after }) =>
            noteByHand(tx, operatorScope(districtId), { entity, recordId, action: "edited", before, after }, new Date()),
          );
        }
        const ids = Object.groupBy(created, ({ table }) => table);
        const asked = Object.fromEntries(Object.entries(ids).map(([table, rows]) => [table, (rows ?? []).map(({ id }) => id)]));
        const told = await withDistrict(db, operatorScope(districtId), (tx) => findCreated(tx, asked));
        for (const one of created) {
          expect(told.get(one.id)).toEqual(one.values);
          if (one.kept) expect(one.kept).toEqual(one.values);
        }
      },
    ),
    { numRuns: Number(process.env.AIVO_PROPERTY_RUNS ?? 3), endOnFailure: true, examples: [[[], changes, Array(5).fill(false)]] },
  );
  expect(changed).toBeGreaterThan(0);
}, 3_600_000);
