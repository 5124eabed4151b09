"use client";
import Link from "next/link";
import type { MouseEvent, ReactNode } from "react";
import { useSearchParamsSetter } from "./use-search-params-setter.ts";

export interface ClearLinkProps {
  readonly href: string;
  readonly className: string;
  readonly children: ReactNode;
}

/** The link of `ClearFilters`. */
export function ClearLink({ href, className, children }: ClearLinkProps) {
  const { clear } = useSearchParamsSetter();
  const click = (event: MouseEvent) => {
    // Another tab or window opens with the link's own address.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    clear();
  };
  return (
    <Link href={href} onClick={click} className={className}>
      {children}
    </Link>
  );
}
