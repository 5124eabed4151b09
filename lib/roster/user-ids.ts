import { type RawValue, readList } from "./list.ts";
import { cleanText } from "./text.ts";
import { foldWord } from "./vocabulary.ts";

export interface UserId {
  readonly type: string;
  readonly identifier: string;
}

/**
 * OneRoster's userIds: a cell `{studentNumber:123},{LDAP:x}`, or an array of such texts. The type ends at the first colon, the identifier at
 * the closing brace, so that it may contain commas and colons. Braces may be missing. What has no type or no identifier is dropped.
 */
export function parseUserIds(value: RawValue): readonly UserId[] {
  const userIds: UserId[] = [];
  for (const text of typeof value === "string" ? [value] : (value ?? [])) {
    for (const pair of text.includes("{") ? insideBraces(text) : readList(text)) {
      const colon = pair.indexOf(":");
      if (colon < 1) continue;
      const type = cleanText(pair.slice(0, colon));
      const identifier = cleanText(pair.slice(colon + 1));
      if (type !== "" && identifier !== "") userIds.push({ type, identifier });
    }
  }
  return userIds;
}

function* insideBraces(text: string): Iterable<string> {
  for (let open = text.indexOf("{"); open !== -1; ) {
    const close = text.indexOf("}", open);
    if (close === -1) return;
    yield text.slice(open + 1, close);
    open = text.indexOf("{", close);
  }
}

/**
 * Types whose identifier is the number a school district gave to a student, best first; letter case, spaces, `_` and `-` do not count.
 * `Local`, `SIS`, `StateID`, `LDAP`, `Fed` are not among them: those may be anybody's and anything.
 */
export const studentNumberTypes = [
  "studentNumber",
  "studentNo",
  "studentId",
  "studentIdNumber",
  "localStudentNumber",
  "localStudentId",
  "districtStudentNumber",
  "districtStudentId",
  "sisStudentNumber",
  "sisStudentId",
] as const;

const rankOfType: ReadonlyMap<string, number> = new Map(studentNumberTypes.map((type, rank) => [foldWord(type), rank]));

/** The student number among a student's userIds, "" where there is none. */
export function studentNumberOf(userIds: readonly UserId[]): string {
  let best = "";
  let bestRank = Number.POSITIVE_INFINITY;
  for (const { type, identifier } of userIds) {
    const rank = rankOfType.get(foldWord(type)) ?? Number.POSITIVE_INFINITY;
    if (rank < bestRank) {
      best = identifier;
      bestRank = rank;
    }
  }
  return best;
}
