"use client";
import { useId } from "react";
import { useSearchParamsSetter } from "./use-search-params-setter.ts";

export interface FilterSelectProps {
  /** The parameter of the address. */
  readonly name: string;
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** What the absence of the parameter means: "All schools". */
  readonly allLabel: string;
}

export function FilterSelect({ name, label, options, allLabel }: FilterSelectProps) {
  const { get, set, pending } = useSearchParamsSetter();
  const id = useId();
  return (
    <div className="filter-select">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <select id={id} name={name} value={get(name)} onChange={(event) => set(name, event.target.value)} aria-busy={pending || undefined}>
        <option value="">{allLabel}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
