import type { Tx } from "#lib/platform/db/tx.ts";
import { inWords, type StoredChange } from "#lib/services/runs/change-words.ts";
import type { ChangeRow } from "#lib/services/runs/schema.ts";
import { type Moment, momentOf, several } from "./moments.ts";
import type { RunRef } from "./schema.ts";
import { type HistoryOf, mostOfKind, type Seat } from "./subject.ts";

type Changed = StoredChange & { readonly at: string; readonly runId: string; readonly integrationId: string; readonly number: number };

/** What syncs changed of a record and its memberships since they were created. */
export async function bySyncs(tx: Tx, of: HistoryOf, seats: readonly Seat[]): Promise<Moment[]> {
  const rows = await tx.sql<Changed[]>`
    select c.seq, c.entity, c.action, c.record_id as "recordId", c.external_id as "externalId", c.reason, c.before, c.after,
      c.run_id as "runId", r.integration_id as "integrationId", r.number, coalesce(r.applied_at, r.finished_at) as at
    from run_changes c
    join sync_runs r on r.district_id = ${tx.districtId} and r.id = c.run_id and r.state = 'succeeded'
    where c.district_id = ${tx.districtId} and c.record_id = any(${[of.recordId, ...seats.map((one) => one.membershipId)]}::uuid[])
      and c.action not in ('created', 'left-alone')
    order by coalesce(r.applied_at, r.finished_at) desc, c.seq desc
    limit ${mostOfKind}`;
  if (rows.length === 0) return [];
  const words = await inWords(tx, { id: rows[0]?.runId ?? "", hasPlan: false }, rows);
  const names = new Map(seats.map(({ membershipId, name }) => [membershipId, name]));
  const runs = Map.groupBy(rows.entries(), ([, row]) => row.runId);
  return [...runs.values()].flatMap((changes) => {
    const [, first] = changes[0] ?? [];
    if (first === undefined) return [];
    const run: RunRef = { integrationId: first.integrationId, runId: first.runId, number: first.number };
    const told = changes.flatMap(([nth]) => words[nth] ?? []);
    const own = told.filter(({ recordId }) => recordId === of.recordId).flatMap(linesOf);
    const others = told.filter(({ recordId }) => recordId !== of.recordId);
    return momentOf(first.at, [...own, ...seatLines(others, names, of.kind)], run);
  });
}

const verbs: Readonly<Record<string, string>> = {
  deactivated: "Deactivated",
  reactivated: "Reactivated",
  linked: "Linked to the SIS",
  unlinked: "Unlinked from the SIS",
  removed: "Removed",
};

function linesOf({ action, fields, reason }: ChangeRow): string[] {
  const changed = fields
    .filter(({ field }) => field !== "Status")
    .map(({ field, before, after }) => `${field}: ${before ?? "blank"} → ${after ?? "blank"}`);
  const verb = verbs[action];
  return verb === undefined ? changed : [`${verb}: ${reason}`, ...changed];
}

function seatLines(changes: readonly ChangeRow[], names: ReadonlyMap<string, string>, kind: HistoryOf["kind"]): string[] {
  const isPerson = kind === "person";
  const of = (action: string) => changes.filter((change) => change.action === action).map(({ recordId }) => names.get(recordId) ?? "");
  const told = (action: string, person: string, classroom: string) => {
    const all = of(action);
    return all.length === 0 ? [] : [isPerson ? several(person, all, "classes") : several(classroom, all, "people")];
  };
  const updated = changes
    .filter(({ action }) => action === "updated")
    .flatMap((change) => linesOf(change).map((line) => `${names.get(change.recordId) ?? ""}: ${line}`));
  return [...told("deactivated", "Left", "Left:"), ...told("reactivated", "Back in", "Back:"), ...updated];
}
