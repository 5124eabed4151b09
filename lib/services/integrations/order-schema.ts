import { z } from "zod";
import { type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { allOrderedFields, type OrderedField } from "#lib/roster/ordered-fields.ts";

/** Free of Node: pages and components import this file. */

const ids = z.array(z.uuid()).max(100);

/** Whose value wins: the integrations of a district, the first one first; and other orders for single kinds of record, and for single fields. */
export const IntegrationOrder = z.object({
  order: ids,
  kinds: z.partialRecord(z.enum(linkEntities), ids).default({}),
  fields: z.partialRecord(z.enum(allOrderedFields.map(({ field }) => field)), ids).default({}),
});
export type IntegrationOrder = z.infer<typeof IntegrationOrder>;

export interface OrderedIntegration {
  readonly id: string;
  readonly name: string;
  readonly state: "active" | "paused";
}

export interface StandingOrder extends IntegrationOrder {
  /** In the order that holds for all kinds without one of their own. */
  readonly integrations: readonly OrderedIntegration[];
}

/** What another order would do to one kind of record. */
export interface KindPreview {
  readonly kind: LinkEntity;
  /** Records that another integration than now would supply. */
  readonly records: number;
  /** The same of single fields that have an order of their own, now or then. */
  readonly single: readonly { readonly field: OrderedField; readonly label: string; readonly records: number }[];
  /** Of all these, how many would have another value, by column in an admin's words; the most first. */
  readonly fields: readonly { readonly field: string; readonly label: string; readonly count: number }[];
}

export const kindTitles: Record<LinkEntity, string> = {
  school: "Schools",
  term: "Terms",
  course: "Courses",
  classroom: "Classes",
  account: "People",
  membership: "Class memberships",
};

const fieldTitles: Readonly<Record<string, string>> = {
  name: "Name",
  number: "Number",
  grades: "Grades",
  type: "Type",
  dates: "First and last day",
  "school-year": "School year",
  code: "Code",
  subjects: "Subjects",
  periods: "Periods",
  course: "Course",
  school: "School",
  terms: "Terms",
  email: "Email",
  username: "User name",
  grade: "Grade",
  schools: "Schools",
  role: "Role",
};

/** "Email", of whatever kind of record. */
export function fieldTitle(field: OrderedField): string {
  const name = field.slice(field.indexOf(".") + 1);
  return fieldTitles[name] ?? name;
}

/** Orders without what is the same as the one that it stands before: nothing has an order of its own that is no other one. */
export function withoutSame({ order, kinds, fields }: IntegrationOrder): IntegrationOrder {
  const isLike = (one: readonly string[] = [], other: readonly string[] = []) => one.join() === other.join();
  const ownKinds = Object.fromEntries(Object.entries(kinds).filter(([, ids]) => !isLike(ids, order)));
  const ownFields = Object.fromEntries(
    Object.entries(fields).filter(([field, ids]) => !isLike(ids, ownKinds[field.slice(0, field.indexOf("."))] ?? order)),
  );
  return { order, kinds: ownKinds, fields: ownFields };
}
