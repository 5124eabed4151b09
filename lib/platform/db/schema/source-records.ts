import { sql } from "drizzle-orm";
import { bigint, boolean, date, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { collections } from "#lib/roster/canonical.ts";
import { matchReasons } from "#lib/roster/match-reasons.ts";
import { idText } from "./id-text.ts";

/**
 * What became of a record as its SIS last said it. `waiting`: others are missing or in the way; `withheld`: it seems to be somebody else
 * than the account that it leads to, and an admin is asked; `out-of-scope`: an admin left it out; `left-out`: it could not be read; `not-rostered`: by design; `withdrawn`: the
 * SIS has it no longer.
 */
export const fates = ["rostered", "waiting", "withheld", "out-of-scope", "left-out", "not-rostered", "withdrawn"] as const;
export type Fate = (typeof fates)[number];

/**
 * The mirror: one row for each record that an integration's SIS told, as it last said it, and what became of it. The row is also the link
 * between the SIS's id and Aivo's record: a record is active while any row with `rostered` leads to it. A record that the SIS has no
 * longer keeps its row and its link, so that the same id finds the same record again.
 */
export const sourceRecords = pgTable(
  "source_records",
  {
    districtId: uuid("district_id").notNull(),
    integrationId: uuid("integration_id").notNull(),
    collection: text({ enum: collections }).notNull(),
    /** The SIS's id. Of a row without one: a byte 1 and the row's hash. */
    externalId: idText("external_id").notNull(),
    /** Of the content below and of what it was read as; null: not known, since an earlier version kept the link alone. */
    hash: bigint({ mode: "bigint" }),
    fate: text({ enum: fates }).notNull(),
    /** Why, where the fate needs a reason: the code of an issue; of those not rostered what they are. */
    reason: text(),
    /** The record in Aivo that the id leads to. */
    recordId: uuid("record_id"),
    /** How that record was found when the link was made. */
    matchedBy: text("matched_by", { enum: matchReasons }),
    /** Whether this integration keeps the record in Aivo's roster. It does while the row cannot be read or waits, too. */
    rostered: boolean().notNull().default(false),
    linkedAt: timestamp("linked_at", { withTimezone: true }),
    /** When the integration stopped delivering the record; null while `rostered`, and for links that ended before this was kept. */
    endedAt: timestamp("ended_at", { withTimezone: true }),
    /** Since when the SIS does not list the record, while it goes on because a row without an id may be it. */
    missingSince: timestamp("missing_since", { withTimezone: true }),
    /**
     * Since when the record is out of the integration's scope; null: it is not. One that cannot be read any more stays on the side where it
     * was.
     */
    outOfScopeSince: timestamp("out_of_scope_since", { withTimezone: true }),
    /** Others changed what this row was planned with: it is planned again by the next sync. */
    stale: boolean().notNull().default(false),
    /** The run that read the row as it is, and where it stood in that run's input. */
    runId: uuid("run_id").notNull(),
    sourcePart: text("source_part"),
    sourcePosition: integer("source_position"),
    /** Since when the SIS says this. */
    since: timestamp({ withTimezone: true }).notNull().defaultNow(),

    // The normalised record, references as the SIS's ids; of what was left out the little that identifies it, as read.
    name: text(),
    number: text(),
    code: text(),
    type: text(),
    classType: text("class_type"),
    role: text(),
    grades: text().array(),
    subjects: text().array(),
    periods: text().array(),
    beginDate: date("begin_date"),
    endDate: date("end_date"),
    schoolYear: integer("school_year"),
    givenName: text("given_name"),
    middleName: text("middle_name"),
    familyName: text("family_name"),
    email: text(),
    username: text(),
    grade: text(),
    studentNumber: text("student_number"),
    courseExternalId: idText("course_external_id"),
    schoolExternalId: idText("school_external_id"),
    classExternalId: idText("class_external_id"),
    personExternalId: idText("person_external_id"),
    termExternalIds: text("term_external_ids").array(),
    schoolExternalIds: text("school_external_ids").array(),
    /** Columns whose values arrived and could not be read: Aivo's own stay. */
    unreadable: text().array(),
    /**
     * Of a person whose roles are told apart: `role` and `school_external_ids` are what those came to when the person was planned last, and
     * so are `student_number` and `grade`, of which `number` and `grades` have what was read. The hash is of what was read.
     */
    rolesApart: boolean("roles_apart"),
    /** What else the SIS says about who this is: an id that several records of one person share, pairs of userIds, and a former id. */
    masterId: text("master_id"),
    personKeys: text("person_keys").array(),
    legacyId: idText("legacy_id"),
    primaryOrgExternalId: idText("primary_org_external_id"),
  },
  (t) => [
    // The id first: what differs decides, in two comparisons instead of four.
    primaryKey({ columns: [t.districtId, t.externalId, t.collection, t.integrationId] }),
    index("source_records_record").on(t.districtId, t.recordId).where(sql`record_id is not null`),
    /** What is planned again whatever a read brings. */
    index("source_records_unsettled")
      .on(t.districtId, t.integrationId, t.collection)
      .where(sql`fate in ('waiting', 'withheld') or stale or missing_since is not null`),
    /** Whose address or number is somebody else's too. */
    index("source_records_email").on(t.districtId, t.email).where(sql`email is not null`),
    index("source_records_student_number").on(t.districtId, t.studentNumber).where(sql`student_number is not null`),
    index("source_records_out_of_scope").on(t.districtId, t.integrationId, t.collection).where(sql`out_of_scope_since is not null`),
    /** Of whom and what a SIS told, and what is not simply in the roster: what the search for why looks through. */
    index("source_records_unplaced")
      .on(t.districtId, t.collection, t.integrationId)
      .where(sql`collection in ('users', 'classes') and fate <> 'rostered'`),
    /** Those of them that have a name, for searching by how it begins (lib/services/people/words.ts). */
    index("source_records_family_name")
      .on(t.districtId, sql`family_name collate "und-x-icu"`)
      .where(sql`collection = 'users' and fate <> 'rostered' and family_name is not null`),
    index("source_records_given_name")
      .on(t.districtId, sql`given_name collate "und-x-icu"`)
      .where(sql`collection = 'users' and fate <> 'rostered' and given_name is not null`),
    /** Whose roles, and of which day something of them begins or ends (lib/engine/sync/fold-roles.ts). */
    index("source_records_roles").on(t.districtId, t.integrationId, t.personExternalId).where(sql`collection = 'roles'`),
    index("source_records_roles_begin")
      .on(t.districtId, t.integrationId, t.beginDate)
      .where(sql`collection = 'roles' and begin_date is not null`),
    index("source_records_roles_end")
      .on(t.districtId, t.integrationId, t.endDate)
      .where(sql`collection = 'roles' and end_date is not null`),
    /** Who may be one person with somebody else (lib/engine/sync/several-ids.ts). */
    index("source_records_master_id").on(t.districtId, t.integrationId, t.masterId).where(sql`master_id is not null`),
    index("source_records_person_keys").using("gin", t.personKeys).where(sql`person_keys is not null`),
    /** Whose content is to go once the run that withdrew them is old enough. */
    index("source_records_withdrawn").on(t.districtId, t.runId).where(sql`fate = 'withdrawn' and hash is not null`),
  ],
);

/**
 * What a run changed of a row of the mirror. `content`: what the SIS says; `decided`: what became of it, or whether it is to be planned again;
 * `link-…`: where it leads, and whether it keeps the record in the roster; `gone`: the row itself, which had no id.
 */
export const sourceChanges = ["content", "decided", "link-made", "link-moved", "link-revived", "link-ended", "gone"] as const;
export type SourceChange = (typeof sourceChanges)[number];

/**
 * How rows of the mirror were before a run changed them, so that it can be taken back: one entry for each run and row, partitioned as
 * `run_changes` is. A row that the run created has none, and is told by that: its `run_id` is the run's.
 */
export const sourceRecordChanges = pgTable(
  "source_record_changes",
  {
    districtId: uuid("district_id").notNull(),
    /** Its integration is the rows'. */
    runId: uuid("run_id").notNull(),
    collection: text({ enum: collections }).notNull(),
    externalId: idText("external_id").notNull(),
    /** Where the row led; where it led to nothing, where it leads since. */
    recordId: uuid("record_id"),
    changes: text().array().$type<SourceChange[]>().notNull(),
    /** By column what the run changed, as it was; of a row that is gone, all that it had. Null: emptied by the retention job. */
    before: jsonb().$type<Record<string, unknown>>(),
  },
  (t) => [
    primaryKey({ name: "source_record_changes_pk", columns: [t.districtId, t.runId, t.collection, t.externalId] }),
    /** Of whom no account's retention tells when it is to be emptied. */
    index("source_record_changes_nobody").on(t.districtId, t.runId).where(sql`record_id is null and before is not null`),
  ],
);
