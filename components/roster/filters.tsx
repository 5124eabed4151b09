import type { ReactNode } from "react";
import { type FilterChoice, FilterSelect } from "#components/ui/filter-select.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import { type When, whens, whenTitles } from "#lib/roster/when.ts";

export interface RosterFiltersProps {
  readonly searchLabel: string;
  readonly searchHint: string;
  /** Null: the list has no school or grade to filter by. */
  readonly schools: FilterChoice | null;
  readonly hasGrades: boolean;
  /** Instead of those that every list of the roster has; what the absence of the parameter means comes first. */
  readonly statuses?: { readonly all: string; readonly options: readonly { readonly value: string; readonly label: string }[] };
  /** At the end of the line: what is done with the list. */
  readonly end?: ReactNode;
  /** Of the classrooms that the other filters leave; without it, the list has no dates to filter by. */
  readonly whenCounts?: Readonly<Record<When, number>>;
}

const usualStatuses = {
  all: "Active",
  options: [
    { value: "deactivated", label: "Deactivated" },
    { value: "all", label: "Active and deactivated" },
  ],
};
/** Of people: also who needs somebody's eye. */
export const peopleStatuses = {
  all: "Current",
  options: [
    { value: "left", label: "Left, can still sign in" },
    { value: "absent", label: "Never arrived" },
    { value: "misses", label: "Misses a class" },
    { value: "deactivated", label: "Deactivated" },
    { value: "all", label: "All" },
  ],
} satisfies RosterFiltersProps["statuses"];
const grades = gradeCodes.map((code) => ({ value: code, label: formatGrade(code) }));

export function RosterFilters(props: RosterFiltersProps) {
  const { searchLabel, searchHint, schools, hasGrades, whenCounts, statuses = usualStatuses, end } = props;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchField label={searchLabel} placeholder={searchHint} />
      {schools === null ? null : <FilterSelect name="school" label="School" allLabel="All schools" {...schools} />}
      {hasGrades ? <FilterSelect name="grade" label="Grade" allLabel="All grades" options={grades} /> : null}
      {whenCounts === undefined ? null : (
        <FilterSelect
          name="when"
          label="When"
          allLabel={counted("Not ended", whenCounts.now + whenCounts.upcoming)}
          options={whensOf(whenCounts)}
        />
      )}
      <FilterSelect name="status" label="Status" allLabel={statuses.all} options={statuses.options} />
      {end === undefined ? null : <span className="ml-auto flex gap-1 max-sm:ml-0">{end}</span>}
    </div>
  );
}

const counted = (label: string, count: number) => `${label} (${formatNumber(count)})`;

function whensOf(counts: Readonly<Record<When, number>>) {
  const each: { value: string; label: string }[] = whens.map((when) => ({ value: when, label: counted(whenTitles[when], counts[when]) }));
  return [...each, { value: "all", label: counted("All", counts.now + counts.upcoming + counts.ended) }];
}
