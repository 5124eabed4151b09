import { sql } from "drizzle-orm";
import { index, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** How somebody's data was seen. list: many at once, by a list or a download, told by its filter and count. */
export const viewKinds = ["person", "why", "export", "list", "list-export", "api", "roster-export"] as const;
export type ViewKind = (typeof viewKinds)[number];

/** Who saw which person's data, in districts that record it (districts.records_views). The application's role adds rows and changes none. */
export const personViews = pgTable(
  "person_views",
  {
    districtId: uuid("district_id").notNull(),
    id: uuid().notNull().default(sql`uuidv7()`),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** Null: several, told by the filter. */
    personId: uuid("person_id"),
    viewerKind: text("viewer_kind", { enum: ["account", "operator", "program"] }).notNull(),
    viewerId: uuid("viewer_id"),
    what: text({ enum: viewKinds }).notNull(),
    /** Of a list: which, how it was narrowed (no word that was searched for) and how many there were. */
    details: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.districtId, t.id] }),
    index("person_views_person").on(t.districtId, t.personId, t.id),
    index("person_views_old").on(t.districtId, t.at),
  ],
);
