import { FilterSelect } from "#components/ui/filter-select.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import { type When, whens, whenTitles } from "#lib/roster/when.ts";
import type { NamedRef } from "#lib/services/people/schema.ts";

export interface RosterFiltersProps {
  readonly searchLabel: string;
  readonly searchHint: string;
  /** Null: the list has no school or grade to filter by. */
  readonly schools: readonly NamedRef[] | null;
  readonly hasGrades: boolean;
  /** Of the classrooms that the other filters leave; without it, the list has no dates to filter by. */
  readonly whenCounts?: Readonly<Record<When, number>>;
}

const statuses = [
  { value: "deactivated", label: "Deactivated" },
  { value: "all", label: "Active and deactivated" },
];
const grades = gradeCodes.map((code) => ({ value: code, label: formatGrade(code) }));

export function RosterFilters({ searchLabel, searchHint, schools, hasGrades, whenCounts }: RosterFiltersProps) {
  return (
    <div className="flex flex-wrap gap-2">
      <SearchField label={searchLabel} placeholder={searchHint} />
      {schools === null ? null : (
        <FilterSelect
          name="school"
          label="School"
          allLabel="All schools"
          options={schools.map((school) => ({ value: school.id, label: school.name }))}
        />
      )}
      {hasGrades ? <FilterSelect name="grade" label="Grade" allLabel="All grades" options={grades} /> : null}
      {whenCounts === undefined ? null : (
        <FilterSelect
          name="when"
          label="When"
          allLabel={counted("Now and upcoming", whenCounts.now + whenCounts.upcoming)}
          options={whensOf(whenCounts)}
        />
      )}
      <FilterSelect name="status" label="Status" allLabel="Active" options={statuses} />
    </div>
  );
}

const counted = (label: string, count: number) => `${label} (${formatNumber(count)})`;

function whensOf(counts: Readonly<Record<When, number>>) {
  const each: { value: string; label: string }[] = whens.map((when) => ({ value: when, label: counted(whenTitles[when], counts[when]) }));
  return [...each, { value: "all", label: counted("All", counts.now + counts.upcoming + counts.ended) }];
}
