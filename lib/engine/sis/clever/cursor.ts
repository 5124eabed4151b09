import { z } from "zod";
import { eventsKeptMs, kinds } from "./quirks.ts";

/** Where a read left off, and what the next one must know to read changes alone. */
export const Cursor = z.object({
  version: z.literal(1),
  /** The district and the interface that it is about; a cursor of another is worth nothing. */
  districtId: z.string(),
  of: z.string(),
  /** False: Clever gave no events, so that the next read is a full one too. */
  hasEvents: z.boolean(),
  /** The last event that is in Aivo; null where there was none yet. */
  eventId: z.string().nullable(),
  at: z.iso.datetime(),
  lastFullAt: z.iso.datetime(),
  /** When Clever had last synced the district, in its own words; left out by earlier versions, null where it does not tell. */
  lastSync: z.string().nullable().optional(),
  /** How many there were in each list, where Clever told. */
  counts: z.record(z.enum(kinds), z.number().nullable()),
  /** Members of sections whom Aivo does not roster (yet); null: too many to tell. */
  dangling: z.array(z.string()).nullable(),
  /** People who are student and teacher at once; null as above. */
  both: z.array(z.string()).nullable(),
});
export type Cursor = z.infer<typeof Cursor>;

export type ReadDecision = { readonly cursor: Cursor } | { readonly cursor: null; readonly because: string };

/** Why the next read will be a full one whenever it comes; null where changes may be enough. */
export function whyOnlyFullReads(given: unknown): "no-events" | "too-many-unknown" | null {
  const cursor = Cursor.safeParse(given).data;
  if (cursor === undefined) return null;
  if (!cursor.hasEvents || cursor.eventId === null) return "no-events";
  return cursor.dangling === null || cursor.both === null ? "too-many-unknown" : null;
}

const clockSlackMs = 10 * 60_000;
const dayMs = 86_400_000;

/** Whether the changes since the cursor are enough this time, and if not, why not, in words that complete "because …". */
export function decideRead(
  given: unknown,
  {
    districtId,
    of,
    now,
    fullReadDays,
  }: { readonly districtId: string; readonly of: string; readonly now: Date; readonly fullReadDays: number },
): ReadDecision {
  const full = (because: string): ReadDecision => ({ cursor: null, because });
  if (given === null || given === undefined) return full("there is no earlier read to go on from");
  const parsed = Cursor.safeParse(given);
  if (!parsed.success) return full("the place where the last read left off is not readable");
  const cursor = parsed.data;
  if (cursor.districtId !== districtId || cursor.of !== of) return full("the district or the address has changed since the last read");
  if (!cursor.hasEvents) return full("Clever gave no events to read changes from");
  if (cursor.dangling === null || cursor.both === null)
    return full("more members of sections than can be remembered are nobody Aivo rosters");
  const ageMs = now.getTime() - Date.parse(cursor.at);
  if (ageMs > eventsKeptMs) return full("the last read was longer ago than Clever keeps its events, 30 days");
  if (ageMs < -clockSlackMs) return full("the clock has gone back since the last read");
  if (now.getTime() - Date.parse(cursor.lastFullAt) >= fullReadDays * dayMs) {
    return full(fullReadDays === 0 ? "every read is a full one here" : `the last full read was ${fullReadDays} or more days ago`);
  }
  return { cursor };
}
