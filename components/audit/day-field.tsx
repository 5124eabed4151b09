"use client";
import { useId } from "react";
import { useSearchParamsSetter } from "#components/ui/use-search-params-setter.ts";

/** A day of the address. */
export function DayField({ name, label }: { readonly name: string; readonly label: string }) {
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
        className="h-control min-w-0 flex-1 rounded-md border border-edge bg-surface px-3 text-sm max-sm:h-11"
      />
    </div>
  );
}
