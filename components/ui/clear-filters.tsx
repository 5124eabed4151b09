"use client";
import Link from "next/link";
import type { MouseEvent, ReactNode } from "react";
import { LinkButton } from "./link-button.tsx";
import { useSearchParamsSetter } from "./use-search-params-setter.ts";

export interface ClearFiltersProps {
  /** This page's own address without parameters. */
  readonly href: string;
  readonly look?: "button" | "text";
  readonly children: ReactNode;
}

/** Leads to the page without its filters; what is typed or chosen meanwhile starts from there. */
export function ClearFilters({ href, look = "button", children }: ClearFiltersProps) {
  const { clear } = useSearchParamsSetter();
  const click = (event: MouseEvent) => {
    // Another tab or window opens with the link's own address.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    clear();
  };
  return look === "button" ? (
    <LinkButton href={href} onClick={click}>
      {children}
    </LinkButton>
  ) : (
    <Link href={href} onClick={click} className="text-link">
      {children}
    </Link>
  );
}
