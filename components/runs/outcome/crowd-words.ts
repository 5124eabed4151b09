import { formatCount } from "#lib/platform/format/number.ts";
import type { Crowd, PersonTurn } from "#lib/services/runs/people-changed-schema.ts";

/** What became of the people of a turn, after their noun. */
const became: Record<Exclude<PersonTurn, "new">, string> = {
  back: "back",
  left: "left",
  moved: "in another school",
  grade: "in another grade",
  changed: "changed",
};

/** "412 new learners", "38 learners left"; of several schools "8,000 new learners in 41 schools". */
export function crowdWords({ role, turn, count, schools }: Pick<Crowd, "role" | "turn" | "count" | "schools">): string {
  const what = turn === "new" ? formatCount(count, `new ${role}`) : `${formatCount(count, role)} ${became[turn]}`;
  return schools === null || schools < 2 ? what : `${what}${turn === "new" ? "" : ","} in ${formatCount(schools, "school")}`;
}

/** The same as a choice among them. */
export const turnLabels: Record<PersonTurn, string> = {
  new: "New",
  back: "Back",
  left: "Left",
  moved: "In another school",
  grade: "In another grade",
  changed: "Changed otherwise",
};
