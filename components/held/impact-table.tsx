import { SchoolName } from "#components/ui/school-mark.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { HeldPlan, Impact } from "#lib/services/runs/held-schema.ts";

const columns = [
  ["Now", "now"],
  ["Stay", "stay"],
  ["Move in", "moveIn"],
  ["New", "arrive"],
  ["Leave", "leave"],
  ["Then", "after"],
] as const;

/** What a plan does to learners and classes, school by school; two lines for each on a phone. */
export function ImpactTable({ schools, schoolCount, district }: Pick<HeldPlan, "schools" | "schoolCount" | "district">) {
  const isSum = schoolCount > 1;
  const all = `All ${formatNumber(schoolCount)} schools`;
  return (
    <>
      <table className="w-full text-sm tabular-nums max-sm:hidden">
        <caption className="sr-only">Learners and classes by school</caption>
        <thead className="text-small text-muted">
          <tr className="h-8">
            <th scope="col" className="text-left font-medium">
              School
            </th>
            {columns.map(([header]) => (
              <th key={header} scope="col" className="px-1 text-right font-medium">
                {header}
              </th>
            ))}
            <th scope="col" className="pl-1 text-right font-medium">
              Classes
            </th>
          </tr>
        </thead>
        <tbody>
          {schools.map((school) => (
            <tr key={school.schoolId} className="h-row border-t border-line">
              <th scope="row" className="max-w-52 text-left font-normal">
                <SchoolName name={school.name} place={school.place} />
              </th>
              <Figures of={school} />
            </tr>
          ))}
        </tbody>
        {isSum ? (
          <tfoot className="font-semibold">
            <tr className="h-row border-t border-line">
              <th scope="row" className="text-left">
                {all}
              </th>
              <Figures of={district} isSum />
            </tr>
          </tfoot>
        ) : null}
      </table>
      <ul className="divide-y divide-line text-sm sm:hidden">
        {schools.map((school) => (
          <li key={school.schoolId} className="grid gap-0.5 py-2.5">
            <SchoolName name={school.name} place={school.place} />
            <InWords of={school} />
          </li>
        ))}
        {isSum ? (
          <li className="grid gap-0.5 py-2.5">
            <b className="font-semibold">{all}</b>
            <InWords of={district} />
          </li>
        ) : null}
      </ul>
      {schoolCount > schools.length ? (
        <p className="border-t border-line pt-3 text-small text-muted">
          The {formatNumber(schools.length)} schools to which most would happen; the sum is of all.
        </p>
      ) : null}
    </>
  );
}

function Figures({ of, isSum = false }: { readonly of: Impact; readonly isSum?: boolean }) {
  return (
    <>
      {columns.map(([header, key]) => (
        <td key={header} className={`px-1 text-right ${key === "after" ? "font-semibold" : of[key] === 0 ? "text-muted" : ""}`}>
          {of[key] === 0 && key !== "now" && key !== "after" ? "–" : formatNumber(of[key])}
        </td>
      ))}
      <td className={`pl-1 text-right whitespace-nowrap ${isSum ? "" : "text-soft"}`}>
        {formatNumber(of.classesBefore)} → {formatNumber(of.classesAfter)}
      </td>
    </>
  );
}

function InWords({ of }: { readonly of: Impact }) {
  const moves = [
    of.arrive > 0 ? `${formatNumber(of.arrive)} new` : null,
    of.moveIn > 0 ? `${formatNumber(of.moveIn)} move in` : null,
    of.leave > 0 ? `${formatNumber(of.leave)} leave` : null,
  ].filter((part) => part !== null);
  return (
    <span className="text-small text-muted">
      {formatNumber(of.now)} → {formatNumber(of.after)} learners{moves.length > 0 ? ` (${moves.join(", ")})` : ""},{" "}
      {formatNumber(of.classesBefore)} → {formatNumber(of.classesAfter)} classes
    </span>
  );
}
