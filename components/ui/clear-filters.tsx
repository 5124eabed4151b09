import type { ReactNode } from "react";
import { looks } from "./button-looks.ts";
import { ClearLink } from "./clear-link.tsx";

export interface ClearFiltersProps {
  /** This page's own address without parameters. */
  readonly href: string;
  readonly look?: "button" | "text";
  readonly children: ReactNode;
}

/** Leads to the page without its filters; what is typed or chosen meanwhile starts from there. */
export function ClearFilters({ href, look = "button", children }: ClearFiltersProps) {
  return (
    <ClearLink href={href} className={look === "button" ? looks({}) : "text-link"}>
      {children}
    </ClearLink>
  );
}
