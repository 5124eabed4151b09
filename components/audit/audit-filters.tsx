import type { ReactNode } from "react";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { actorKindLabels, auditActionLabels } from "#lib/services/audit-log/labels.ts";
import { DayField } from "./day-field.tsx";

export interface AuditFiltersProps {
  /** The admins of the district. */
  readonly actors: readonly { readonly id: string; readonly name: string }[];
  /** At the end of the line: what is done with the list. */
  readonly end?: ReactNode;
}

const actions = Object.entries(auditActionLabels).map(([value, label]) => ({ value, label }));
const kinds = Object.entries(actorKindLabels).map(([value, label]) => ({ value, label }));

export function AuditFilters({ actors, end }: AuditFiltersProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <FilterSelect name="action" label="Action" allLabel="All actions" options={actions} />
      <FilterSelect
        name="actor"
        label="Who"
        allLabel="Everybody"
        options={[...actors.map((actor) => ({ value: actor.id, label: actor.name })), ...kinds]}
      />
      <DayField name="from" label="From" />
      <DayField name="to" label="To" />
      {end === undefined ? null : <span className="ml-auto max-sm:ml-0">{end}</span>}
    </div>
  );
}
