import type { ReactNode } from "react";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { DayField } from "./day-field.tsx";

interface Option {
  readonly value: string;
  readonly label: string;
}

export interface AuditFiltersProps {
  readonly actions: readonly Option[];
  /** The admins of the district, and who acts without an account. */
  readonly actors: readonly Option[];
  /** At the end of the line: what is done with the list. */
  readonly end?: ReactNode;
}

export function AuditFilters({ actions, actors, end }: AuditFiltersProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <FilterSelect name="action" label="Action" allLabel="All actions" options={actions} />
      <FilterSelect name="actor" label="Who" allLabel="Everybody" options={actors} />
      <DayField name="from" label="From" />
      <DayField name="to" label="To" />
      {end === undefined ? null : <span className="ml-auto max-sm:ml-0">{end}</span>}
    </div>
  );
}
