import { sql } from "drizzle-orm";
import { bigint, index, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { linkEntities } from "#lib/roster/canonical.ts";
import { withheldCauses } from "#lib/roster/guard.ts";
import { idText } from "./id-text.ts";

/**
 * What an integration's SIS says and Aivo does not do until an admin has decided: that a record leaves, or that one of its values is
 * another. One row for each, however many syncs meet it; it goes when the SIS says so no longer, or once it is applied. What the SIS says
 * stands in the mirror, what Aivo has in the roster.
 */
export const withheldRecords = pgTable(
  "withheld_records",
  {
    districtId: uuid("district_id").notNull(),
    integrationId: uuid("integration_id").notNull(),
    entity: text({ enum: linkEntities }).notNull(),
    externalId: idText("external_id").notNull(),
    /** The column whose value waits; blank: that the record leaves. */
    field: text().notNull(),
    recordId: uuid("record_id").notNull(),
    cause: text({ enum: withheldCauses }).notNull(),
    /** Of a membership: the person or class that stays for now, with whom it is decided about. */
    follows: uuid(),
    openedRunId: uuid("opened_run_id").notNull(),
    openedAt: timestamp("opened_at", { withTimezone: true }).notNull().defaultNow(),
    /** The run that applies it, since an admin approved it; if that run did not, it waits again. */
    approvedRunId: uuid("approved_run_id"),
    /** When an admin said that Aivo's is right: it stays so and is not asked about while the SIS says the same. */
    refusedAt: timestamp("refused_at", { withTimezone: true }),
    decidedBy: uuid("decided_by"),
    /** The admin's words. */
    reason: text(),
    /** What it is called by in lists and requests. */
    seq: bigint({ mode: "number" }).notNull().generatedAlwaysAsIdentity(),
  },
  (t) => [
    primaryKey({ name: "withheld_records_pk", columns: [t.districtId, t.integrationId, t.entity, t.externalId, t.field] }),
    index("withheld_records_record").on(t.districtId, t.recordId),
    index("withheld_records_waiting").on(t.districtId, t.integrationId, t.openedAt).where(sql`follows is null and refused_at is null`),
  ],
);
