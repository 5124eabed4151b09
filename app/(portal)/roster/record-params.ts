import { z } from "zod";
import { paths, type RosterKind } from "#app/paths.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";

export type RecordParams = Promise<{ readonly id: string }>;

export interface RecordPageProps {
  readonly params: RecordParams;
  readonly searchParams: SearchParams;
}

const Query = z.object({ history: z.coerce.number().int().min(1).max(1_000).optional().catch(undefined) });

/** Which page of the history is shown; null: the newest of it alone. */
export async function historyPageOf(searchParams: SearchParams): Promise<number | null> {
  return Query.parse(await firstOf(searchParams)).history ?? null;
}

export const historyHref = (kind: RosterKind, id: string) => (page: number) => `${paths.rosterRecord(kind, id, { history: page })}#history`;
