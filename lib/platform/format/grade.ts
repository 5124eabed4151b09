import { type GradeCode, gradeCodes, sortGrades } from "#lib/roster/grade.ts";

const labels: Record<GradeCode, string> = {
  IT: "Infant/toddler",
  PR: "Preschool",
  PK: "Pre-K",
  TK: "Transitional K",
  KG: "Kindergarten",
  "01": "Grade 1",
  "02": "Grade 2",
  "03": "Grade 3",
  "04": "Grade 4",
  "05": "Grade 5",
  "06": "Grade 6",
  "07": "Grade 7",
  "08": "Grade 8",
  "09": "Grade 9",
  "10": "Grade 10",
  "11": "Grade 11",
  "12": "Grade 12",
  "13": "Grade 13",
  PS: "Postsecondary",
  UG: "Ungraded",
  Other: "Other",
};

/** "Grade 3", "Kindergarten"; a code that is not known stays as it is. */
export function formatGrade(code: string): string {
  return labels[code as GradeCode] ?? code;
}

/** The grades of a school or class, runs folded: "K–5", "6–8", "Grade 3", "Pre-K, 7, 9". */
export function formatGrades(codes: readonly string[]): string {
  const sorted = sortGrades(codes);
  if (sorted.length === 1) return formatGrade(sorted[0] ?? "");
  const runs: string[][] = [];
  for (const code of sorted) {
    const last = runs.at(-1);
    const previous = last?.at(-1);
    if (last && previous !== undefined && follows(previous, code)) last.push(code);
    else runs.push([code]);
  }
  return runs.map((run) => (run.length < 3 ? run.map(short).join(", ") : `${short(run[0] ?? "")}–${short(run.at(-1) ?? "")}`)).join(", ");
}

function follows(previous: string, code: string): boolean {
  if (previous === "KG") return code === "01";
  return (
    /^\d+$/.test(previous) && /^\d+$/.test(code) && gradeCodes.indexOf(code as GradeCode) === gradeCodes.indexOf(previous as GradeCode) + 1
  );
}

function short(code: string): string {
  if (code === "KG") return "K";
  return /^\d+$/.test(code) ? String(Number(code)) : formatGrade(code);
}
