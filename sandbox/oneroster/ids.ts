import { type CollectionName, collections, type District, personKinds } from "#sandbox/district/district.ts";
import { draw } from "#sandbox/district/draw.ts";
import type { Habits, Version } from "#sandbox/district/habits.ts";
import { rowsOfPerson } from "#sandbox/district/merges.ts";
import { campusNumber, letteredId, recordsOfPerson } from "#sandbox/district/roles.ts";

/** How a vendor names records. */
export interface Ids {
  id(district: District, collection: CollectionName, row: number): string;
  /** Where ids of people do not sort as their rows do, or do not tell the row. */
  readonly findPerson?: (district: District, id: string) => number;
}

/** Where a person has several records, the place of one is the person's row and which of the records it is. */
const rowBits = 28;
export const recordAt = (row: number, part: number): number => part * 2 ** rowBits + row;
export const rowOfRecord = (record: number): number => record % 2 ** rowBits;
export const partOfRecord = (record: number): number => Math.floor(record / 2 ** rowBits);

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

/** GUIDs, but for people in a version that names them otherwise (`Habits.userIds`), or has several records of one. */
export function versionedIds(version: Version, habits: Habits): Ids {
  const { userIds = "kept", recordPerSchool = false } = habits;
  if (version === "1.1") return userIds === "letters" ? letteredIds(habits) : guidIds;
  const personId = (district: District, row: number): string => {
    if (userIds === "letters") return campusNumber(district, habits, row);
    return userIds === "new" ? newGuid(district, row) : guidIds.id(district, "people", row);
  };
  const id: Ids["id"] = (district, collection, record) => {
    if (collection !== "people") return guidIds.id(district, collection, record);
    const part = partOfRecord(record);
    return `${personId(district, rowOfRecord(record))}${part === 0 ? "" : `.${part + 1}`}`;
  };
  if (userIds === "kept" && !recordPerSchool) return { id };
  const findPerson = (district: District, wanted: string): number => {
    const [first = "", part = "1"] = wanted.split(".");
    const row = userIds === "letters" ? Number(first) - 1_000_000 : Number.parseInt(first.slice(0, 8), 16) - 1;
    const record = recordAt(row, Number(part) - 1);
    const isThere = row >= 0 && row < district.people.size && partOfRecord(record) < recordsOfPerson(district, habits, row);
    return isThere && id(district, "people", record) === wanted ? record : -1;
  };
  return { id, findPerson };
}

const newGuid = ({ shape }: District, row: number): string =>
  `${hex(row + 1, 8)}-0000-4${hex(draw(shape.seed, 120, row), 3)}-8${hex(draw(shape.seed, 121, row), 3)}-${hex(draw(shape.seed, 122, row), 8)}0012`;

/** 1.1 of a vendor whose ids say the role: the same number with another letter is the same person. */
function letteredIds(habits: Habits): Ids {
  const id: Ids["id"] = (district, collection, row) =>
    collection === "people" ? letteredId(district, habits, row) : guidIds.id(district, collection, row);
  const findPerson = (district: District, wanted: string): number => {
    const host = Number(wanted.slice(2)) - 1_000_000;
    return rowsOfPerson(district, habits, host).find((row) => id(district, "people", row) === wanted) ?? -1;
  };
  return { id, findPerson };
}

/** The row that has this id, or -1: the number in it says where to look, the whole id must fit. */
export function findRow(ids: Ids, district: District, collection: CollectionName, id: string): number {
  if (collection === "people" && ids.findPerson) return ids.findPerson(district, id);
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
