import { sql } from "drizzle-orm";
import { date, index, integer, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";

/**
 * Every table is keyed by district first: it can be distributed by district and is isolated by row-level security.
 * There are no foreign keys between roster tables: references are resolved by joins inside the transaction that writes
 * them, rows are never deleted but by the retention job, and two checks per enrollment would double the time of an
 * import (docs/decisions/003-no-foreign-keys-in-the-roster.md).
 */
const key = () => ({ districtId: uuid("district_id").notNull(), id: uuid().notNull().default(sql`uuidv7()`) });
const lifecycle = () => ({
  status: text({ enum: ["active", "deactivated"] })
    .notNull()
    .default("active"),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  deactivatedAt: timestamp("deactivated_at", { withTimezone: true }),
});

export const schools = pgTable(
  "schools",
  { ...key(), name: text().notNull(), number: text(), grades: text().array().notNull().default([]), ...lifecycle() },
  (t) => [primaryKey({ columns: [t.districtId, t.id] })],
);

export const terms = pgTable(
  "terms",
  {
    ...key(),
    name: text().notNull(),
    type: text({ enum: ["gradingPeriod", "semester", "schoolYear", "term"] }).notNull(),
    beginDate: date("begin_date").notNull(),
    endDate: date("end_date").notNull(),
    schoolYear: integer("school_year"),
    ...lifecycle(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.id] })],
);

export const courses = pgTable(
  "courses",
  {
    ...key(),
    name: text().notNull(),
    code: text(),
    subjects: text().array().notNull().default([]),
    grades: text().array().notNull().default([]),
    ...lifecycle(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.id] })],
);

export const classrooms = pgTable(
  "classrooms",
  {
    ...key(),
    name: text().notNull(),
    code: text(),
    classType: text("class_type", { enum: ["homeroom", "scheduled"] })
      .notNull()
      .default("scheduled"),
    /** Empty: those of the course. */
    subjects: text().array().notNull().default([]),
    /** Empty: those of the course. */
    grades: text().array().notNull().default([]),
    periods: text().array().notNull().default([]),
    courseId: uuid("course_id"),
    schoolId: uuid("school_id").notNull(),
    termIds: uuid("term_ids").array().notNull().default([]),
    /** As for accounts: one that an admin archived is not brought back by a sync. */
    deactivatedBy: text("deactivated_by", { enum: ["sync", "admin"] }),
    ...lifecycle(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.id] }), index("classrooms_school").on(t.districtId, t.schoolId)],
);

/** Teachers, learners and district admins alike. */
export const accounts = pgTable(
  "accounts",
  {
    ...key(),
    role: text({ enum: ["admin", "teacher", "learner"] }).notNull(),
    /** Of admins: what they may (lib/platform/roles.ts); null: a district admin, which all are whom an earlier version made. */
    adminRole: text("admin_role", { enum: ["integration-admin", "auditor", "school-admin"] }),
    givenName: text("given_name").notNull(),
    middleName: text("middle_name"),
    familyName: text("family_name").notNull(),
    /** Lower-case. Not unique: families share addresses; one that several active accounts share signs nobody in. */
    email: text(),
    username: text(),
    grade: text(),
    studentNumber: text("student_number"),
    /** Of a school admin: those they look after. */
    schoolIds: uuid("school_ids").array().notNull().default([]),
    /** `scrypt:<salt>:<hash>`; null: cannot sign in with a password. */
    passwordHash: text("password_hash"),
    /** Until when a one-time password signs in, and then has to be changed; null: the person's own, which does not end. */
    passwordExpiresAt: timestamp("password_expires_at", { withTimezone: true }),
    /** A sync brings back only those that a sync deactivated; an admin's decision stands. */
    deactivatedBy: text("deactivated_by", { enum: ["sync", "admin"] }),
    /** Since when an admin does not let the account sign in, although it is active and stays in its classes. No sync changes it. */
    barredAt: timestamp("barred_at", { withTimezone: true }),
    /** Raised to end every session of the account. */
    sessionEpoch: integer("session_epoch").notNull().default(0),
    ...lifecycle(),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.id] }),
    index("accounts_email").on(t.districtId, t.email),
    /** For signing in, across districts. No row of a SIS has a password, so a sync does not write it. */
    index("accounts_sign_in").on(t.email).where(sql`password_hash is not null`),
    index("accounts_student_number").on(t.districtId, t.studentNumber),
    index("accounts_name").on(t.districtId, t.role, t.familyName, t.givenName, t.id),
    /** For searching by the beginning of a name, whatever its case and accents (lib/services/people/words.ts). */
    index("accounts_family_name").on(t.districtId, sql`family_name collate "und-x-icu"`),
    index("accounts_given_name").on(t.districtId, sql`given_name collate "und-x-icu"`),
    /** Whose names have several parts, any of which may be looked for. */
    index("accounts_compound").on(t.districtId).where(sql`family_name || given_name ~ '[^[:alpha:]]'`),
  ],
);

export const memberships = pgTable(
  "memberships",
  {
    ...key(),
    classroomId: uuid("classroom_id").notNull(),
    accountId: uuid("account_id").notNull(),
    role: text({ enum: ["teacher", "co-teacher", "learner"] }).notNull(),
    beginDate: date("begin_date"),
    endDate: date("end_date"),
    ...lifecycle(),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.id] }),
    uniqueIndex("memberships_classroom_account").on(t.districtId, t.classroomId, t.accountId),
    index("memberships_account").on(t.districtId, t.accountId),
  ],
);
