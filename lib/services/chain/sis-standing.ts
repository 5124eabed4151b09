import type { Tx } from "#lib/platform/db/tx.ts";
import { fieldLabel } from "#lib/services/runs/fields.ts";
import type { Told } from "#lib/services/why/told.ts";
import type { PersonFacts } from "./person-sentence.ts";

/** What a SIS says of a record and Aivo has not done. */
export interface Withheld {
  readonly integrationId: string;
  /** The column; blank: that it leaves. */
  readonly field: string;
  readonly isRefused: boolean;
  readonly decidedBy: string | null;
}

export async function withheldOf(tx: Tx, recordId: string): Promise<readonly Withheld[]> {
  return tx.sql<Withheld[]>`
    select w.integration_id as "integrationId", w.field, w.refused_at is not null as "isRefused",
      nullif(trim(a.given_name || ' ' || a.family_name), '') as "decidedBy"
    from withheld_records w
    left join accounts a on a.district_id = ${tx.districtId} and a.id = w.decided_by
    where w.district_id = ${tx.districtId} and w.record_id = ${recordId} order by w.opened_at, w.field`;
}

export interface SisStanding {
  readonly sis: PersonFacts["sis"];
  /** The integration that decides, or did. */
  readonly sisName: string | null;
  /** The admin who keeps what its SIS no longer has. */
  readonly keptBy: string | null;
  readonly waits: string | null;
}

/** What the SISs together say of a record now. `rows` as toldOf() orders them; `kept`: an admin's decision about its status. */
export function standingInSis(
  rows: readonly Told[],
  withheld: readonly Withheld[],
  kept: { readonly by: string | null } | null,
): SisStanding {
  const waiting = withheld.filter(({ field, isRefused }) => field !== "" && !isRefused);
  const waits =
    waiting.length === 0
      ? null
      : waiting.length === 1
        ? `Another ${lowerFirst(fieldLabel(waiting[0]?.field ?? ""))}`
        : `A change of ${waiting.length} values`;
  const refused = withheld.find(({ field, isRefused }) => field === "" && isRefused);
  const of = (sis: SisStanding["sis"], row: Told | undefined): SisStanding => ({
    sis,
    sisName: row?.integrationName ?? null,
    keptBy: refused?.decidedBy ?? kept?.by ?? null,
    waits,
  });
  const live = rows.filter(({ integrationState }) => integrationState !== "removed");
  if (rows.length === 0) return of("none", undefined);
  if (live.length === 0) return of("disconnected", rows[0]);
  const listed = live.filter((row) => row.rostered && row.missingSince === null && row.outOfScopeSince === null);
  const used = listed.find(({ fate }) => fate === "rostered");
  if (used) return of("has", used);
  if (listed.length > 0) return of("unread", listed[0]);
  const doubted = live.find(({ rostered, missingSince }) => rostered && missingSince !== null);
  if (doubted) return of(refused ? "kept" : "left", doubted);
  const out = live.find(({ outOfScopeSince }) => outOfScopeSince !== null);
  if (out) return of("out-of-scope", out);
  return of(kept === null ? "gone" : "kept", live[0]);
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
