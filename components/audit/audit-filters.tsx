"use client";
import { useId } from "react";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { useSearchParamsSetter } from "#components/ui/use-search-params-setter.ts";
import { actorKindLabels, auditActionLabels } from "#lib/services/audit-log/schema.ts";

export interface AuditFiltersProps {
  /** The admins of the district. */
  readonly actors: readonly { readonly id: string; readonly name: string }[];
}

const actions = Object.entries(auditActionLabels).map(([value, label]) => ({ value, label }));
const kinds = Object.entries(actorKindLabels).map(([value, label]) => ({ value, label }));

export function AuditFilters({ actors }: AuditFiltersProps) {
  return (
    <div className="flex flex-wrap items-end gap-2">
      <FilterSelect name="action" label="Action" allLabel="All actions" options={actions} />
      <FilterSelect
        name="actor"
        label="Who"
        allLabel="Everybody"
        options={[...actors.map((actor) => ({ value: actor.id, label: actor.name })), ...kinds]}
      />
      <DayField name="from" label="From" />
      <DayField name="to" label="To" />
    </div>
  );
}

function DayField({ name, label }: { readonly name: string; readonly label: string }) {
  const { get, set } = useSearchParamsSetter();
  const id = useId();
  return (
    <div className="flex min-w-0 flex-1 basis-40 items-center gap-2 sm:flex-none">
      <label htmlFor={id} className="text-sm text-muted">
        {label}
      </label>
      <input
        id={id}
        type="date"
        // A day is complete when it is valid; while it is typed the browser reports an empty one.
        key={get(name)}
        defaultValue={get(name)}
        onBlur={(event) => (event.target.value === get(name) ? undefined : set(name, event.target.value))}
        onKeyDown={(event) => (event.key === "Enter" ? event.currentTarget.blur() : undefined)}
        className="min-h-10 min-w-0 flex-1 rounded-md border border-edge bg-surface px-3 text-sm"
      />
    </div>
  );
}
