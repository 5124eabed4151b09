import { date, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { TurnedTerm } from "#lib/roster/when.ts";

/**
 * What the calendar brought a district, one row for each day that was looked at: a record to be read, which decides nothing. When a class is
 * follows from dates alone (lib/platform/db/class-days.ts).
 */
export const schoolDays = pgTable(
  "school_days",
  {
    districtId: uuid("district_id").notNull(),
    day: date({ mode: "string" }).notNull(),
    /** The day that was looked at before; in between nobody did. */
    previousDay: date("previous_day", { mode: "string" }).notNull(),
    classroomsBegan: integer("classrooms_began").notNull().default(0),
    classroomsEnded: integer("classrooms_ended").notNull().default(0),
    /** By dates of their own, in classes that went on. */
    membershipsBegan: integer("memberships_began").notNull().default(0),
    membershipsEnded: integer("memberships_ended").notNull().default(0),
    terms: jsonb().$type<readonly TurnedTerm[]>().notNull().default([]),
    notedAt: timestamp("noted_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.day] })],
);

/** Which classrooms began or ended on a day. Of memberships the numbers alone are kept: their dates stand on them, and a SIS may date each. */
export const turnedClassrooms = pgTable(
  "turned_classrooms",
  {
    districtId: uuid("district_id").notNull(),
    classroomId: uuid("classroom_id").notNull(),
    day: date({ mode: "string" }).notNull(),
    turn: text({ enum: ["began", "ended"] }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.districtId, t.day, t.classroomId, t.turn] })],
);
