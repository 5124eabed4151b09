import type postgres from "postgres";
import { columnNames, type PlanTables, planColumns, planTablesOf, type Staging } from "./staging.ts";
import { withStaging } from "./staging-pool.ts";

/*
 * Plans that wait for an admin, in tables of their own in the schema `waiting` (drizzle/0024_staging-sets.sql): what a staging set has of
 * a plan, by district and run. They survive a crash of the database, and whoever looks at them reads these.
 */

/** Keeps the plan of a staging set for an admin to decide on. */
export async function keepPlan(sql: postgres.Sql, staging: Staging): Promise<void> {
  const { districtId, runId } = staging;
  await withStaging(sql, staging, async (tx) => {
    await forget(tx, runId);
    await tx`insert into waiting.plans (district_id, run_id) values (${districtId}, ${runId})`;
    for (const { name, from } of planTables(staging)) {
      const columns = columnNames(planColumns[name] ?? "").join(", ");
      await tx.unsafe(
        `insert into waiting.${name} (district_id, run_id, ${columns})
        select s.district_id, '${runId}', ${columns} from ${from} s`,
      );
    }
  });
}

/** Each table of a plan by its name, with the one of the set that it is kept from: a set may have what it read in the place of what is planned. */
function planTables(staging: PlanTables): readonly { readonly name: string; readonly from: string }[] {
  const flat = ({ incoming, plan, ...others }: PlanTables): readonly string[] => [
    ...Object.values(incoming),
    ...Object.values(plan),
    ...Object.keys(others)
      .filter((key) => key in names)
      .sort()
      .map((key) => others[key as keyof typeof others]),
  ];
  const names = planTablesOf((name) => name);
  const sources = flat(staging);
  return flat(names).map((name, index) => ({ name, from: sources[index] ?? "" }));
}

/** The tables of a plan that waits, as relations to read from, each with an alias. The ids are uuids that the database gave. */
export function waitingPlanOf({ districtId, runId }: Pick<Staging, "districtId" | "runId">): PlanTables {
  for (const id of [districtId, runId]) if (!/^[0-9a-f-]{36}$/i.test(id)) throw new Error("not a uuid");
  return planTablesOf((name) => `(select * from waiting.${name} where district_id = '${districtId}' and run_id = '${runId}')`);
}

/** Whether the run's plan is still there to be read or applied. */
export async function hasWaitingPlan(sql: postgres.Sql | postgres.TransactionSql, districtId: string, runId: string): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    select exists (select from waiting.plans where district_id = ${districtId} and run_id = ${runId}) as found`;
  return row?.found ?? false;
}

/** Removes a plan that is decided on, or that nobody is going to decide on. */
export async function forgetPlan(sql: postgres.Sql, runId: string): Promise<void> {
  await sql.begin((tx) => forget(tx, runId));
}

async function forget(tx: postgres.TransactionSql, runId: string): Promise<void> {
  const [kept] = await tx<
    { districtId: string }[]
  >`delete from waiting.plans where run_id = ${runId} returning district_id as "districtId"`;
  if (!kept) return;
  await tx.unsafe(
    Object.keys(planColumns)
      .map((name) => `delete from waiting.${name} where district_id = '${kept.districtId}' and run_id = '${runId}';`)
      .join("\n"),
  );
}
