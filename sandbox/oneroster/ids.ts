import { type CollectionName, collections, type District, personKinds } from "#sandbox/district/district.ts";
import { draw } from "#sandbox/district/draw.ts";

/** How a vendor names records. Ids sort as rows do. */
export interface Ids {
  id(district: District, collection: CollectionName, row: number): string;
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, "0").slice(-digits);

/** GUIDs, as most OneRoster servers have them. */
export const guidIds: Ids = {
  id(district, collection, row) {
    const kind = collections.indexOf(collection);
    const noise = draw(district.shape.seed, 100 + kind, row);
    return `${hex(row + 1, 8)}-${kind}${hex(noise >>> 20, 3)}-4${hex(noise >>> 8, 3)}-9${hex(noise, 3)}-${hex(Math.imul(noise, 0x9e3779b1) >>> 0, 8)}${hex(kind * 7 + row, 4)}`;
  },
};

const parts = ["FY", "S1", "S2"] as const;

/** The odd ids that ClassLink's districts have: a prefix, an underscore, a bar, a blank. */
export const classLinkIds: Ids = {
  id(district, collection, row) {
    const number = 1_000_000 + row;
    if (collection === "orgs") return row === 0 ? "0 1044" : `7|${number}`;
    if (collection === "sessions") return `${2027 + district.sessions.get("year", row)}${parts[district.sessions.get("part", row)] ?? ""}`;
    if (collection === "courses") return `C ${number}`;
    if (collection === "classes") return `5678_T5678-${number}`;
    // Ordered by row whoever it is: the kind stands at the end.
    if (collection === "people") return `7_${number}${district.people.get("kind", row) === personKinds.parent ? "|p" : ""}`;
    return `${number}|${district.enrollments.get("person", row)}`;
  },
};

/** The row that has this id, or -1: the number in it says where to look, the whole id must fit. */
export function findRow(ids: Ids, district: District, collection: CollectionName, id: string): number {
  const size = district[collection].size;
  if (collection === "sessions") {
    for (let row = 0; row < size; row++) if (ids.id(district, collection, row) === id) return row;
    return -1;
  }
  const decimal = /(\d{7,8})/.exec(id)?.[1];
  const candidates = [
    id === "0 1044" ? 0 : -1,
    Number.parseInt(id.slice(0, 8), 16) - 1,
    decimal === undefined ? -1 : Number(decimal) - 1_000_000,
  ];
  return candidates.find((row) => row >= 0 && row < size && ids.id(district, collection, row) === id) ?? -1;
}
