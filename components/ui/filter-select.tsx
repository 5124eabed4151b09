"use client";
import { useId } from "react";
import { type Option, useRestOfOptions } from "./use-rest-of-options.ts";
import { useSearchParamsSetter } from "./use-search-params-setter.ts";

/** What there is to choose. */
export interface FilterChoice {
  readonly options: readonly Option[];
  /** Where they are too many to come with the page: an address that answers with all of them. The chosen one comes with it all the same. */
  readonly restHref?: string | undefined;
}

export interface FilterSelectProps extends FilterChoice {
  /** The parameter of the address. */
  readonly name: string;
  readonly label: string;
  /** What the absence of the parameter means: "All schools". */
  readonly allLabel: string;
}

export function FilterSelect({ name, label, options, restHref, allLabel }: FilterSelectProps) {
  const { get, set, pending } = useSearchParamsSetter();
  const all = useRestOfOptions(options, restHref);
  const id = useId();
  return (
    <div className="filter-select">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <select id={id} name={name} value={get(name)} onChange={(event) => set(name, event.target.value)} aria-busy={pending || undefined}>
        <option value="">{allLabel}</option>
        {all.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
