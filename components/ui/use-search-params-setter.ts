"use client";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useId, useSyncExternalStore, useTransition } from "react";

export interface SearchParamsSetter {
  /** What the address says, or will say when it gets where it is going. */
  readonly get: (name: string) => string;
  /** Writes one parameter of the address and leaves the others, but for the page, which starts again where other rows are meant. */
  readonly set: (name: string, value: string, rows?: "otherRows" | "samePage") => void;
  /** Takes every parameter away. */
  readonly clear: () => void;
  readonly pending: boolean;
}

/**
 * The parameters of the address, for the controls of a page. A navigation takes a moment: until it lands, every control shows,
 * and goes on from, the address that was asked for last. Else a filter chosen meanwhile would bring back those just cleared.
 */
export function useSearchParamsSetter(): SearchParamsSetter {
  const router = useRouter();
  const pathname = usePathname();
  const current = useSearchParams();
  const [pending, start] = useTransition();
  const id = useId();
  const asked = useSyncExternalStore(subscribe, () => underWay, noneUnderWay);
  useEffect(() => {
    if (!pending) landed(id);
  }, [pending, id]);
  // A control that the navigation takes away hears no more of it.
  useEffect(() => () => landed(id), [id]);

  const params = () => new URLSearchParams(underWay?.pathname === pathname ? underWay.query : current);
  const go = (query: string, how: "push" | "replace") => {
    ask({ by: id, pathname, query });
    start(() => router[how](query === "" ? pathname : `${pathname}?${query}`, { scroll: false }));
  };
  return {
    get: (name) => new URLSearchParams(asked?.pathname === pathname ? asked.query : current).get(name) ?? "",
    set: (name, value, rows = "otherRows") => {
      const next = params();
      if (value === "") next.delete(name);
      else next.set(name, value);
      if (rows === "otherRows") {
        next.delete("page");
        next.delete("after");
      }
      go(next.toString(), "replace");
    },
    clear: () => go("", "push"),
    pending,
  };
}

interface UnderWay {
  /** The control that asked last; it knows when the navigation has landed. */
  readonly by: string;
  readonly pathname: string;
  readonly query: string;
}

let underWay: UnderWay | null = null;
const listeners = new Set<() => void>();
const noneUnderWay = () => null;

function ask(next: UnderWay | null): void {
  underWay = next;
  for (const listener of listeners) listener();
}

function landed(by: string): void {
  if (underWay?.by === by) ask(null);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
