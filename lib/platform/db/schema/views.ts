import { sql } from "drizzle-orm";
import { boolean, index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";

/** That somebody was shown people's data, in a district that records it. Partitioned by the month of the id (drizzle/0052_record-views.sql). */
export const views = pgTable(
  "views",
  {
    districtId: uuid("district_id").notNull(),
    /** Of version 7: it says when. */
    id: uuid().notNull(),
    actorKind: text("actor_kind", { enum: ["account", "operator", "program"] }).notNull(),
    actorId: uuid("actor_id"),
    /** A page or route as app/doors.ts has it, or the words of a command. */
    door: text().notNull(),
    /** The record whose page it was: a person, a class, a sync; null: a list. */
    subject: uuid(),
    /** What narrowed a list, without what was searched for. */
    filter: jsonb().$type<Record<string, unknown>>(),
    /** Everybody who was in the district: no rows of viewed_people. */
    everyone: boolean().notNull().default(false),
    /** Of actor, door, filter and people: the same a moment later is not recorded again. Null: each counts. */
    fingerprint: text(),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.id], name: "views_pk" }),
    index("views_actor").on(t.districtId, t.actorId, t.id),
    index("views_everyone").on(t.districtId, t.id).where(sql`${t.everyone}`),
  ],
);

/** Whom a view showed. Partitioned like it. */
export const viewedPeople = pgTable(
  "viewed_people",
  { districtId: uuid("district_id").notNull(), viewId: uuid("view_id").notNull(), personId: uuid("person_id").notNull() },
  (t) => [
    primaryKey({ columns: [t.districtId, t.viewId, t.personId], name: "viewed_people_pk" }),
    index("viewed_people_person").on(t.districtId, t.personId, t.viewId),
  ],
);
