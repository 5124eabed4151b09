import { dateOf } from "#sandbox/district/calendar.ts";
import type { District } from "#sandbox/district/district.ts";
import { draw } from "#sandbox/district/draw.ts";

/** Clever's kinds of records, in the order in which their events come. */
export const kinds = ["schools", "terms", "courses", "sections", "users"] as const;
export type Kind = (typeof kinds)[number];
export const tables = { schools: "orgs", terms: "sessions", courses: "courses", sections: "classes", users: "people" } as const;

const hex = (number: number, digits: number): string => (number >>> 0).toString(16).padStart(digits, "0").slice(-digits);

/** An ObjectID: when it was made, a tag of its own, the row. They ascend in the order of creation. */
export function objectId(district: District, kind: Kind, row: number): string {
  const madeOn = dateOf(district.shape, district[tables[kind]].get("created", row)).getTime() / 1000;
  const tag = draw(district.shape.seed, 200 + kinds.indexOf(kind), 0);
  return `${hex(madeOn, 8)}${hex(kinds.indexOf(kind), 2)}${hex(tag, 8)}${hex(row, 6)}`;
}

export const districtId = (district: District): string => objectId(district, "schools", 0);

/** The row of an id, also of a record that is gone; -1 for an id that never was one. */
export function rowOf(district: District, kind: Kind, id: string): number {
  if (!/^[0-9a-f]{24}$/.test(id)) return -1;
  const row = Number.parseInt(id.slice(18), 16);
  return row < district[tables[kind]].size && objectId(district, kind, row) === id ? row : -1;
}

/** Events of one day in their order; the day stands in the id after the moment. */
export function eventId(moment: Date, day: number, number: number): string {
  return `${hex(Math.floor(moment.getTime() / 1000), 8)}${hex(day, 6)}${hex(number, 10)}`;
}

export function parseEventId(id: string): { readonly day: number; readonly number: number } | null {
  if (!/^[0-9a-f]{24}$/.test(id)) return null;
  return { day: Number.parseInt(id.slice(8, 14), 16), number: Number.parseInt(id.slice(14), 16) };
}
