"use client";
import { type FormEvent, useEffect, useRef } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { useSearchParamsSetter } from "./use-search-params-setter.ts";

export interface SearchFieldProps {
  /** The parameter of the address. */
  readonly name?: string;
  readonly label: string;
  readonly placeholder?: string;
}

/** Searches as one types, shortly after the last key; Enter searches at once. */
export function SearchField({ name = "q", label, placeholder }: SearchFieldProps) {
  const { get, set, pending } = useSearchParamsSetter();
  const value = get(name);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // Back, forward and "clear filters" change the address from outside; what is being typed stays.
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = value;
  }, [value]);
  const search = () => {
    clearTimeout(timer.current);
    const text = input.current?.value.trim() ?? "";
    if (text !== value) set(name, text);
  };
  const typed = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(search, 150);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    search();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is not in every browser that we support
    <form role="search" onSubmit={submit} className="search-field">
      {pending ? <Icon name="loader-circle" className="animate-spin" /> : <Icon name="search" />}
      <input
        ref={input}
        type="search"
        name={name}
        aria-label={label}
        placeholder={placeholder ?? label}
        defaultValue={value}
        onChange={typed}
        // Whoever goes on to a link must not be brought back by a search that is still to come.
        onBlur={search}
        autoComplete="off"
      />
    </form>
  );
}
