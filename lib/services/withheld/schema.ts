import { z } from "zod";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import { type WithheldCause, withheldCauses } from "#lib/roster/guard.ts";
import type { RecordRef } from "#lib/services/runs/schema.ts";

export const withheldStates = ["waiting", "refused"] as const;
export type WithheldState = (typeof withheldStates)[number];

/** So many can be chosen one by one. */
const most = 1_000;

/** What is meant of what an integration withholds; what is not said is any. `school`: an id, or `none`. */
const filter = {
  state: z.enum(withheldStates).default("waiting"),
  cause: z.enum(withheldCauses).optional(),
  kind: z.enum(entities).optional(),
  /** A column; `leaves`: that the record leaves. */
  field: z
    .string()
    .regex(/^[a-z_]{1,40}$/)
    .optional(),
  school: z.union([z.uuid(), z.literal("none")]).optional(),
  search: z.string().trim().max(200).optional(),
};
export const WithheldFilter = z.object({
  ...filter,
  /** These alone. */
  rows: z.array(z.coerce.number().int().positive()).max(most).optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
});
export type WithheldFilter = z.infer<typeof WithheldFilter>;

const reason = z.string().trim().min(3, "Say why, so that others can follow it later").max(500, "A reason has at most 500 characters");

/**
 * A decision about rows of the list: those named, or all that the filter means. `hash` is that of what was shown: what is another thing by
 * now is not decided about.
 */
export const WithheldDecision = z.object({
  ...filter,
  rows: z.array(z.number().int().positive()).min(1, "Choose at least one").max(most, `Choose at most ${most} at once, or all`).optional(),
  hash: z.string().regex(/^[0-9a-f]{64}$/, "The list that was looked at is not named"),
  reason,
});
export type WithheldDecision = z.infer<typeof WithheldDecision>;

/** What is withheld for one cause, of one kind of record and school: how many records. Times are ISO 8601. */
export interface WithheldGroup {
  readonly state: WithheldState;
  readonly cause: WithheldCause;
  /** In an admin's words. */
  readonly causeTitle: string;
  readonly kind: Entity;
  /** Null: that the record leaves. */
  readonly field: string | null;
  readonly fieldLabel: string | null;
  readonly schoolId: string | null;
  readonly schoolName: string | null;
  readonly count: number;
  readonly since: string;
  /** Of all its rows, as they are now. */
  readonly hash: string;
}

export interface WithheldRow {
  /** What it is called by in decisions. */
  readonly row: number;
  /** Another as soon as the SIS says something else of it: what is decided about is what was shown. */
  readonly mark: string;
  readonly state: WithheldState;
  readonly cause: WithheldCause;
  readonly causeTitle: string;
  readonly kind: Entity;
  readonly recordId: string;
  readonly label: string;
  readonly record: RecordRef | null;
  readonly schoolName: string | null;
  readonly externalId: string;
  /** Null: the record leaves. */
  readonly field: string | null;
  readonly fieldLabel: string | null;
  readonly inAivo: string | null;
  readonly inSis: string | null;
  /** Class memberships that are decided about with it. */
  readonly memberships: number;
  readonly since: string;
  readonly openedRunId: string;
  readonly openedNumber: number | null;
  /** Of what was decided: why, and by whom. */
  readonly reason: string | null;
  readonly decidedBy: string | null;
  /** Approved, and being applied at the moment. */
  readonly isBeingApplied: boolean;
}

export interface WithheldPage {
  readonly rows: readonly WithheldRow[];
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
  /** Of all rows that the filter means, as they are now. */
  readonly hash: string;
}

/** What waits of an integration: how many records, and since when. */
export interface Withheld {
  readonly count: number;
  readonly since: string;
}
