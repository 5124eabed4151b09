import { FilterSelect } from "#components/ui/filter-select.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import type { NamedRef } from "#lib/services/people/schema.ts";

export interface RosterFiltersProps {
  readonly searchLabel: string;
  readonly searchHint: string;
  /** Null: the list has no school or grade to filter by. */
  readonly schools: readonly NamedRef[] | null;
  readonly hasGrades: boolean;
}

const statuses = [
  { value: "deactivated", label: "Deactivated" },
  { value: "all", label: "Active and deactivated" },
];
const grades = gradeCodes.map((code) => ({ value: code, label: formatGrade(code) }));

export function RosterFilters({ searchLabel, searchHint, schools, hasGrades }: RosterFiltersProps) {
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
      <FilterSelect name="status" label="Status" allLabel="Active" options={statuses} />
    </div>
  );
}
