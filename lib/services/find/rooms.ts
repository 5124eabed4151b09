import { isOfClass, spanOfClass, todayOf } from "#lib/platform/db/class-days.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { beginsWithAll } from "#lib/platform/format/beginnings.ts";
import { type ClassHit, readRef } from "#lib/services/why/schema.ts";
import { type FoundRoom, mostOthers } from "./schema.ts";

/** The classes that a search found as they are shown, those first that a word begins. */
export async function roomsOf(tx: Tx, hits: readonly ClassHit[], words: readonly string[]): Promise<readonly FoundRoom[]> {
  const begin = hits.filter(({ name, code }) => beginsWithAll(`${name} ${code ?? ""}`, words));
  const shown = [...begin, ...hits.filter((hit) => !begin.includes(hit))].slice(0, mostOthers);
  const ids = shown.flatMap(({ ref }) => idOf(ref) ?? []);
  const counts = await tx.sql<{ id: string; count: number }[]>`
    select c.id, (
        select count(*)::int from memberships m
        where m.district_id = ${tx.districtId} and m.classroom_id = c.id and m.role = 'learner'
          and ${tx.sql.unsafe(isOfClass(todayOf(tx.districtId)))}) as count
    from classrooms c ${tx.sql.unsafe(spanOfClass(tx.districtId))}
    where c.district_id = ${tx.districtId} and c.id = any(${ids}::uuid[])`;
  const countOf = new Map(counts.map(({ id, count }) => [id, count]));
  return shown.map(({ ref, name, schoolName, where }) => {
    const id = idOf(ref);
    return { ref, id, name, schoolName, where, learnerCount: countOf.get(id ?? "") ?? 0 };
  });
}

function idOf(text: string): string | null {
  const ref = readRef(text);
  return ref !== null && "recordId" in ref ? ref.recordId : null;
}
