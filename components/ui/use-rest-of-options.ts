import { useEffect, useState } from "react";

export interface Option {
  readonly value: string;
  readonly label: string;
}

/**
 * Options that are too many to come with every page are fetched once the page is there, and stand in the order in which they came, before those
 * that it brought itself. Where they cannot be had, these are all there is.
 */
export function useRestOfOptions(own: readonly Option[], href: string | undefined): readonly Option[] {
  const [rest, setRest] = useState<readonly Option[]>([]);
  useEffect(() => {
    if (href === undefined) return;
    const given = new AbortController();
    read(href, given.signal).then(setRest, () => {});
    return () => given.abort();
  }, [href]);
  const known = new Set(rest.map(({ value }) => value));
  return [...rest, ...own.filter(({ value }) => !known.has(value))];
}

async function read(href: string, signal: AbortSignal): Promise<readonly Option[]> {
  const answer = await fetch(href, { signal });
  if (!answer.ok) throw new Error(`${href} answered ${answer.status}`);
  return answer.json();
}
