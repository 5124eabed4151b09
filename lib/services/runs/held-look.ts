import { formatDay } from "#lib/platform/format/date-time.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { Finding } from "#lib/roster/guard/finding.ts";
import type { HeldFacts, HeldLook, HeldSign } from "./held-schema.ts";

/** What a plan that waits looks like, from what the guard found of it; the first of its explanations counts. */
export function lookOf(findings: readonly Pick<Finding, "detector">[]): HeldLook {
  const has = (detector: Finding["detector"]) => findings.some((finding) => finding.detector === detector);
  if (has("rollover")) return "new-year";
  const harm = findings.filter(({ detector }) => !["first-matches", "reissued-ids", "takeovers"].includes(detector));
  if (harm.length > 0) return "harm";
  if (has("first-matches")) return "matches";
  return has("reissued-ids") || has("takeovers") ? "ids" : "harm";
}

type Found = Pick<Finding, "detector" | "numbers" | "subject">;

/** The sentence at the top of a decision. `file`: the SIS hands over files. */
export function headlineOf(findings: readonly Found[], { totals }: HeldFacts, file: boolean): string {
  const look = lookOf(findings);
  const of = (detector: Finding["detector"]) => findings.find((finding) => finding.detector === detector);
  if (look === "new-year") return "This looks like the new school year.";
  if (look === "matches") return `${formatCount(of("first-matches")?.numbers.matched ?? 0, "account is", "accounts are")} in Aivo already.`;
  if (look === "ids") {
    const reissued = of("reissued-ids");
    if (reissued) return `${formatCount(reissued.numbers.ids ?? 0, "id was", "ids were")} re-issued.`;
    return `${formatCount(of("takeovers")?.numbers.takeovers ?? 0, "record leads", "records lead")} to somebody else's account.`;
  }
  const cut = of("cut-off");
  if (cut) return cutOff(cut, file);
  const leaves = totals.learner.deactivated;
  if (leaves > 0) return `${formatCount(leaves, "learner")} would lose access.`;
  if (totals.teacher.deactivated > 0) return `${formatCount(totals.teacher.deactivated, "teacher")} would lose access.`;
  if (totals.classroom.deactivated > 0) return `${formatCount(totals.classroom.deactivated, "class", "classes")} would end.`;
  if (totals.membership.deactivated > 0) return `${formatCount(totals.membership.deactivated, "class membership")} would end.`;
  const changed = totals.learner.updated + totals.teacher.updated;
  if (changed > 0) return `${formatCount(changed, "person", "people")} would change at once.`;
  return "This sync is not like the others.";
}

const lists: Readonly<Record<string, string>> = {
  learner: "users",
  teacher: "users",
  classroom: "classes",
  membership: "enrollments",
  school: "orgs",
  term: "academicSessions",
  course: "courses",
};

function cutOff({ numbers: { now = 0, last = 0 }, subject }: Found, file: boolean): string {
  const name = lists[subject?.entities[0] ?? ""];
  const list = name === undefined ? (file ? "a file" : "a list") : file ? `the ${name} file` : `the list of ${name}`;
  const missing = last === 0 ? 0 : (last - now) / last;
  const share = shares.find(([from]) => missing >= from)?.[1];
  if (share === undefined) return `${formatCount(last - now, "row")} of ${list} ${last - now === 1 ? "is" : "are"} missing.`;
  return `${share} of ${list} is missing.`;
}

const shares: readonly (readonly [number, string])[] = [
  [0.95, "Nearly all"],
  [0.6, "Most"],
  [0.42, "Half"],
  [0.3, "A third"],
  [0.22, "A quarter"],
];

/** Why it waits and what it would do, after "Waits for your decision." */
export function becauseOf(findings: readonly Pick<Finding, "detector" | "level" | "sentence">[], { number, totals }: HeldFacts): string {
  if (lookOf(findings) === "new-year") {
    const { created, deactivated } = totals.classroom;
    return `Sync ${number} would end ${formatCount(deactivated, "class", "classes")} and begin ${formatNumber(created)}. Nothing has changed in Aivo yet.`;
  }
  const holding = findings.filter(({ level }) => level === "hold");
  const [first] = holding.length > 0 ? holding : findings;
  return `${first ? `${first.sentence} ` : ""}Nothing has changed in Aivo yet.`;
}

/** Three figures that speak for the headline. */
export function signsOf(findings: readonly Found[], facts: HeldFacts): readonly HeldSign[] {
  const { district, totals, gradesUp, newTerms, newBegins, schoolCount } = facts;
  const classes = {
    figure: `${formatNumber(district.classesBefore)} → ${formatNumber(district.classesAfter)} classes`,
    words: "as they are, and as they would be",
  };
  const look = lookOf(findings);
  if (look === "new-year")
    return [
      {
        figure: formatCount(newTerms, "new term"),
        words: newBegins === null ? "that begin later" : `the first begins on ${formatDay(newBegins)}`,
      },
      { figure: `${formatNumber(gradesUp)} of ${formatNumber(district.now)}`, words: "learners change their grade" },
      classes,
    ];
  const cut = findings.find(({ detector }) => detector === "cut-off")?.numbers;
  const learners = { figure: `${formatNumber(district.leave)} of ${formatNumber(district.now)}`, words: "learners would leave" };
  if (look === "harm")
    return [
      cut ? { figure: `${formatNumber(cut.now ?? 0)} rows`, words: `${formatNumber(cut.last ?? 0)} the last time` } : learners,
      cut ? learners : { figure: formatCount(totals.teacher.deactivated, "teacher"), words: "would leave" },
      cut && schoolCount > 0 ? { figure: formatCount(schoolCount, "school"), words: "something would happen to" } : classes,
    ];
  const numbers = findings.find(({ detector }) => detector === "reissued-ids")?.numbers ?? {};
  const kinds = (["learner", "teacher", "classroom", "course", "term", "school"] as const).flatMap((kind) => {
    const count = numbers[kind] ?? 0;
    return count > 0 ? [{ figure: formatCount(count, kind), words: "the same, by another id" }] : [];
  });
  const arriving = { figure: formatCount(district.arrive, "learner"), words: "would arrive" };
  return [...kinds, learners, classes, arriving].slice(0, 3);
}
