import { z } from "zod";
import type { Page, PersonRole } from "#lib/services/people/schema.ts";

const why = z
  .string({ error: "Say why; it stands in the audit log" })
  .trim()
  .min(1, "Say why; it stands in the audit log")
  .max(500, "At most 500 characters");

export const HoldRequest = z.object({ reason: why });

/** `name`: the person's whole name, typed. `bar`: whether syncs leave out what SISs still say of them. */
export const EraseRequest = z.object({
  reason: why,
  name: z.string({ error: "Type the name" }).max(500),
  bar: z.boolean().default(true),
});
export type EraseRequest = z.input<typeof EraseRequest>;

export const retentionPageSize = 50;

/** Somebody whose data a job erases, unless they are held. */
export interface DuePerson {
  readonly id: string;
  readonly role: PersonRole | "admin";
  readonly name: string;
  /** When they left, by the last SIS or admin who let go. */
  readonly leftAt: string;
  readonly dueAt: string;
  readonly memberships: number;
}

/** How many people each night's job erases, unless somebody comes back. */
export interface DueNight {
  /** When the job runs. */
  readonly at: string;
  readonly people: number;
}

export interface RetentionPreview {
  readonly retentionDays: number;
  /** When the next job runs. */
  readonly nextAt: string;
  readonly tonight: Page<DuePerson>;
  readonly memberships: number;
  /** Records of SISs, gone for as long, of which what was said is emptied. */
  readonly records: number;
  readonly coming: readonly DueNight[];
  /** How many would be erased by then and are held. */
  readonly heldBack: number;
}

export interface Hold {
  readonly accountId: string;
  readonly role: PersonRole | "admin";
  readonly name: string;
  readonly reason: string;
  readonly heldBy: string | null;
  readonly heldAt: string;
}

/** A record of a SIS that syncs leave out; whose it was, nothing tells. */
export interface BarredId {
  readonly id: string;
  readonly integrationId: string;
  readonly integrationName: string;
  readonly reason: string;
  readonly barredBy: string | null;
  readonly barredAt: string;
}

/** What erasing somebody would take, as things are. */
export interface ErasureView {
  readonly name: string;
  readonly memberships: number;
  /** Integrations that know them; `isRostered`: whose SIS has them still, and would bring them back. */
  readonly integrations: readonly { readonly name: string; readonly isRostered: boolean }[];
  readonly hold: Hold | null;
}
