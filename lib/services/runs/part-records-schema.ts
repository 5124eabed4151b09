import { z } from "zod";
import { partIds } from "#lib/roster/plan-parts.ts";
import type { FieldChange, RecordRef } from "./schema.ts";

/** Free of Node: pages import this file. */

/** Of which part of a plan the records are asked for, by which words, and which page of them. */
export const PartQuery = z.object({
  part: z.enum(partIds),
  q: z.string().trim().max(200).catch("").default(""),
  page: z.number().int().min(1).max(100_000).catch(1).default(1),
});
export type PartQuery = z.infer<typeof PartQuery>;

/** A record of a part of a plan, which can be left out by itself. */
export interface PartRecord {
  readonly id: string;
  readonly label: string;
  /** Where it belongs: "Grade 3, Lincoln Elementary School"; null: nowhere. */
  readonly place: string | null;
  /** Values that would change; none where it would leave. */
  readonly fields: readonly FieldChange[];
  readonly record: RecordRef | null;
}
