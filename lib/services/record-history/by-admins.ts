import type { Tx } from "#lib/platform/db/tx.ts";
import type { decisionVerdicts } from "#lib/roster/same-person.ts";
import { actionWords } from "#lib/services/edits/schema.ts";
import { fieldLabel } from "#lib/services/runs/fields.ts";
import { type Moment, momentOf } from "./moments.ts";
import type { RunRef } from "./schema.ts";
import type { HistoryOf } from "./subject.ts";

type DecisionVerdict = (typeof decisionVerdicts)[number];

/** What admins did to a record, and decided about it. */
export async function byAdmins(tx: Tx, of: HistoryOf): Promise<Moment[]> {
  const numbers = await numbersOf(
    tx,
    of.edits.flatMap(({ runId }) => runId ?? []),
  );
  const edits = of.edits.map(({ action, at, actor, reason, runId, fields }): Moment => {
    const changed = fields.map(({ field, before, after }) => `${field}: ${before ?? "blank"} → ${after ?? "blank"}`);
    const run = runId === null ? null : (numbers.get(runId) ?? null);
    const lines = action === "edited" ? changed : [actionWords[action] ?? action, ...changed.filter((line) => !line.startsWith("Status:"))];
    return { ...momentOf(at, lines, run), by: run === null ? actor : null, reason };
  });
  return [...edits, ...(await decisionsOf(tx, of)), ...(await refusalsOf(tx, of))];
}

async function numbersOf(tx: Tx, runIds: readonly string[]): Promise<Map<string, RunRef>> {
  if (runIds.length === 0) return new Map();
  const rows = await tx.sql<RunRef[]>`
    select id as "runId", integration_id as "integrationId", number from sync_runs
    where district_id = ${tx.districtId} and id = any(${[...runIds]}::uuid[])`;
  return new Map(rows.map((row) => [row.runId, { ...row }]));
}

const verdicts: Readonly<Record<DecisionVerdict, string>> = {
  "same-person": "Decided: it is this person",
  "somebody-else": "Decided: it is somebody else",
  ignored: "Decided: the record is left out",
  "asked-again": "Decided: who it is, is to be asked again",
};

async function decisionsOf(tx: Tx, { kind, called }: HistoryOf): Promise<Moment[]> {
  if (kind !== "person" || called.length === 0) return [];
  const rows = await tx.sql<{ verdict: DecisionVerdict; reason: string; by: string | null; at: string; takenBackAt: string | null }[]>`
    select d.verdict, d.reason, d.decided_at as at, d.taken_back_at as "takenBackAt",
      nullif(trim(a.given_name || ' ' || a.family_name), '') as by
    from (select distinct * from unnest(${called.map((one) => one.integrationId)}::uuid[], ${called.map((one) => one.externalId)}::text[])) c (integration_id, external_id)
    join match_decisions d on d.district_id = ${tx.districtId} and d.integration_id = c.integration_id and d.external_id = c.external_id
    left join accounts a on a.district_id = ${tx.districtId} and a.id = d.decided_by
    order by d.decided_at desc limit 100`;
  return rows.flatMap(({ verdict, reason, by, at, takenBackAt }) => [
    { ...momentOf(at, [verdicts[verdict]], null), by: by ?? "The command line", reason },
    ...(takenBackAt === null ? [] : [momentOf(takenBackAt, ["The decision who it is was taken back"], null)]),
  ]);
}

async function refusalsOf(tx: Tx, { recordId }: HistoryOf): Promise<Moment[]> {
  const rows = await tx.sql<{ field: string; reason: string | null; by: string | null; at: string }[]>`
    select w.field, w.reason, w.refused_at as at, nullif(trim(a.given_name || ' ' || a.family_name), '') as by
    from withheld_records w
    left join accounts a on a.district_id = ${tx.districtId} and a.id = w.decided_by
    where w.district_id = ${tx.districtId} and w.record_id = ${recordId} and w.refused_at is not null limit 100`;
  return rows.map(({ field, reason, by, at }) => ({
    ...momentOf(at, [field === "" ? "Refused: that it leaves" : `Refused: another ${fieldLabel(field).toLowerCase()}`], null),
    by: by ?? "The command line",
    reason,
  }));
}
