import { z } from "zod";
import { type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";

/** Free of Node: pages and components import this file. */

const ids = z.array(z.uuid()).max(100);

/** Whose value wins: the integrations of a district, the first one first; and other orders for single kinds of record. */
export const IntegrationOrder = z.object({
  order: ids,
  kinds: z.partialRecord(z.enum(linkEntities), ids).default({}),
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
  /** Of these, how many would have another value, by column in an admin's words; the most first. */
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
