import Link from "next/link";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { DayField } from "./day-field.tsx";

export interface ViewFiltersProps {
  readonly actors: readonly { readonly value: string; readonly label: string }[];
  /** Whose data is asked about; null: everybody's. */
  readonly person: { readonly name: string; readonly everybodyHref: string } | null;
}

export function ViewFilters({ actors, person }: ViewFiltersProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <FilterSelect name="actor" label="Who" allLabel="Everybody" options={actors} />
      <DayField name="from" label="From" />
      <DayField name="to" label="To" />
      {person === null ? null : (
        <span className="text-sm text-muted">
          Of {person.name} alone.{" "}
          <Link href={person.everybodyHref} className="text-link">
            Of everybody
          </Link>
        </span>
      )}
    </div>
  );
}
