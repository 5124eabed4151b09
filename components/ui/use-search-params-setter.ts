"use client";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useTransition } from "react";

/** Writes one parameter of the address and leaves the others, but for the page, which starts again. */
export function useSearchParamsSetter(): {
  readonly get: (name: string) => string;
  readonly set: (name: string, value: string) => void;
  readonly pending: boolean;
} {
  const router = useRouter();
  const pathname = usePathname();
  const current = useSearchParams();
  const [pending, start] = useTransition();
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(current);
    if (value === "") next.delete(name);
    else next.set(name, value);
    next.delete("page");
    next.delete("after");
    const query = next.toString();
    start(() => router.replace(query === "" ? pathname : `${pathname}?${query}`, { scroll: false }));
  };
  return { get: (name) => current.get(name) ?? "", set, pending };
}
